import { Type, type Static } from 'typebox';
import type { RuleRevision } from '../../pipeline/records/rule-collections.ts';
import type { Rules } from '../../pipeline/rulebook/rule-book.ts';
import type { EffectCount } from '../../pipeline/rule-changes/rules-impact.ts';
import type { Effect } from '../../pipeline/rule-changes/rules-effect.ts';
import type { PlannedSave, Saved } from '../../pipeline/rule-changes/save-rules.ts';
import { RuleSet } from '../../rules/routing-rule.ts';
import { operationUrl } from './operation.ts';
import { RuleChanges } from '../rule-changes-answer.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);
const Revision = Type.Integer({ minimum: 1, description: 'Goes up with every save; also the `ETag`' });

/** The current rules. */
export const RulesAnswer = Type.Object(
  { version: RuleSet.properties.version, revision: Revision, ...omitVersion(RuleSet.properties) },
  { description: 'The whole ordered rule set: the first rule whose pattern matches decides' },
);

function omitVersion(properties: typeof RuleSet.properties): Omit<typeof RuleSet.properties, 'version'> {
  const { version: _, ...others } = properties;
  return others;
}

export function toRulesAnswer({ revision, compiled }: Rules): Static<typeof RulesAnswer> {
  const { version, ...others } = compiled.ruleSet;
  return { version, revision, ...others };
}

/** A saved revision: author, time and changes. */
export const RevisionItem = Type.Object({
  revision: Type.Integer({ minimum: 1 }),
  savedAt: Type.String({ format: 'date-time' }),
  savedBy: Type.String({ description: 'Name of the token; `local`: none was needed; `rules-file`: the rules file' }),
  comment: OrNull(Type.String()),
  base: OrNull(Type.Integer({ minimum: 1, description: 'The revision that it is based on' })),
  changes: RuleChanges,
});

export function toRevisionItem({ savedAt, changes, ...record }: RuleRevision): Static<typeof RevisionItem> {
  return { ...record, savedAt: new Date(savedAt).toISOString(), changes: mutable(changes) };
}

const Warnings = Type.Array(Type.Object({ code: Type.String(), path: Type.String(), message: Type.String() }), {
  description: 'Problems that do not prevent the save: rules that decide nothing, deviations in Jira, and errors that `force` lets through',
});
const Counted = Type.Object({ findings: Type.Integer({ minimum: 0 }), issues: Type.Integer({ minimum: 0 }) });

/** The answer of a dry run. */
export const PlannedAnswer = Type.Object(
  {
    dryRun: Type.Literal(true),
    revision: Type.Integer({ minimum: 1, description: 'The revision that stays in force' }),
    changes: RuleChanges,
    warnings: Warnings,
    effects: OrNull(
      Type.Object(
        {
          opens: Counted,
          closes: Counted,
          moves: Counted,
          ignores: Counted,
          fails: Counted,
          changes: Counted,
          nothing: Counted,
        } satisfies Record<Effect, typeof Counted>,
        {
          description:
            'Known findings and their issues by what the save would do to them, as in a backtest; null: the rules are the same, a backtest has shown it, or there are too many findings to look at now',
        },
      ),
    ),
    openIssuesTouched: OrNull(Type.Integer({ minimum: 0, description: 'Open issues with a finding that would be treated differently' })),
  },
  { description: 'With `dryRun`: nothing was saved' },
);

export function toPlannedAnswer({ base, changes, warnings, impact }: PlannedSave): Static<typeof PlannedAnswer> {
  const counted = ({ findings, issues }: EffectCount) => ({ findings, issues });
  return {
    dryRun: true,
    revision: base,
    changes: mutable(changes),
    warnings: warnings.map((warning) => ({ ...warning })),
    effects:
      impact === null
        ? null
        : {
            opens: counted(impact.effects.opens),
            closes: counted(impact.effects.closes),
            moves: counted(impact.effects.moves),
            ignores: counted(impact.effects.ignores),
            fails: counted(impact.effects.fails),
            changes: counted(impact.effects.changes),
            nothing: counted(impact.effects.nothing),
          },
    openIssuesTouched: impact?.openIssuesTouched ?? null,
  };
}

/** The answer of a save. */
export const SavedAnswer = Type.Object(
  {
    ...RevisionItem.properties,
    warnings: Type.Array(Type.Object({ code: Type.String(), path: Type.String(), message: Type.String() }), {
      description:
        'Problems that did not prevent the save: rules that decide nothing, deviations in Jira, and errors that `force` let through',
    }),
    operation: OrNull(
      Type.Object(
        { id: Type.String(), url: Type.String() },
        { description: 'Reconciles what the change touches, and only that; null: nothing differs, and no revision was saved' },
      ),
    ),
  },
  { description: 'The revision that is now in force' },
);

export function toSavedAnswer({ revision, warnings, operation }: Saved): Static<typeof SavedAnswer> {
  return {
    ...toRevisionItem(revision),
    warnings: warnings.map((warning) => ({ ...warning })),
    operation: operation === null ? null : { id: operation, url: operationUrl(operation) },
  };
}

/** Copies the lists, since the schema's type has no readonly ones. */
function mutable(changes: RuleRevision['changes']): Static<typeof RuleChanges> {
  const { added, removed, changed, moved, besides } = changes;
  const ids = (of: typeof added) => ({ count: of.count, ids: [...of.ids] });
  return { added: ids(added), removed: ids(removed), changed: ids(changed), moved: ids(moved), besides: [...besides] };
}
