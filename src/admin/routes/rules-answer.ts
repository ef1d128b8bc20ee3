import { Type, type Static } from 'typebox';
import type { RuleRevision } from '../../pipeline/records/collections.ts';
import type { Rules } from '../../pipeline/rulebook/rule-book.ts';
import type { Saved } from '../../pipeline/rule-changes/save-rules.ts';
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
