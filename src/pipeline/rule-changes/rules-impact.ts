import { unreachableRules } from '../../rules/unreachable-rules.ts';
import type { Problem } from '../../rules/problem.ts';
import { itemPath } from '../../rules/json-path.ts';
import { createCompareRules, EFFECTS, type Compared, type Effect } from './rules-effect.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import { walkFindings } from './walk-findings.ts';

/** The effects of other rules on all known findings. (A type and not an interface, like its parts: it is stored as JSON.) */
export type Impact = {
  /** Findings that were compared. */
  readonly findings: number;
  readonly effects: Readonly<Record<Effect, EffectCount>>;
  /** Open issues with a finding that would be treated differently. */
  readonly openIssuesTouched: number;
  /** Rules that decide no known finding, or never can decide one. */
  readonly idleRules: readonly IdleRule[];
};

/** Findings that share an issue count once in `issues`; a finding that has none and gets none counts by itself. */
export type EffectCount = {
  readonly findings: number;
  readonly issues: number;
  readonly examples: readonly EffectExample[];
};

export type EffectExample = {
  readonly findingId: string;
  readonly analyzerArn: string;
  readonly accountId: string;
  readonly resource: string;
  readonly issueKey: string | null;
  readonly before: EffectSide;
  readonly after: EffectSide;
};

type EffectSide = {
  readonly ruleId: string | null;
  readonly projectKey: string | null;
};

/** `unreachable`: a rule above decides everything that it could. `unused`: no known finding needs it, but the next one may. */
export type IdleRule = { readonly code: 'unreachable' | 'unused'; readonly path: string; readonly message: string };

const MAX_EXAMPLES = 10;
/** More of them are of no use. */
const MAX_IDLE = 100;

/** @param report called with the number of findings compared so far; if it throws, the measurement ends */
export async function measureImpact(
  deps: { readonly store: Store; readonly yielder: Yielder },
  from: Rules,
  to: Rules,
  report: (done: number) => Promise<void>,
): Promise<Impact> {
  const compare = createCompareRules(deps, from, to);
  const tally = createTally();
  await walkFindings(deps, null, async (records) => {
    for (const compared of await compare(records)) tally.add(compared);
    await report(tally.findings());
  });
  const unreachable = await deps.yielder.run(unreachableRules(to.compiled));
  return tally.impact(to, unreachable);
}

function createTally() {
  const counts = new Map(
    EFFECTS.map((effect) => [effect, { findings: 0, issues: new Set<string>(), examples: new Array<EffectExample>() }]),
  );
  const touched = new Set<string>();
  const deciding = new Set<string>();
  let findings = 0;

  return {
    findings: () => findings,
    add(compared: Compared): void {
      const { record, after, effect, about } = compared;
      findings += 1;
      if (after.ruleId !== null) deciding.add(after.ruleId);
      const count = counts.get(effect);
      if (count === undefined) return;
      count.findings += 1;
      count.issues.add(about);
      if (effect === 'nothing') return;
      if (count.examples.length < MAX_EXAMPLES) count.examples.push(exampleOf(compared));
      if (record.mapping.state === 'open') touched.add(about);
    },
    impact(to: Rules, unreachable: readonly Problem[]): Impact {
      const never = new Set(unreachable.map(({ path }) => path));
      const unused = to.compiled.ruleSet.rules.flatMap(({ id }, index): IdleRule[] => {
        const path = itemPath('rules', index);
        if (deciding.has(id) || never.has(path)) return [];
        return [{ code: 'unused', path, message: `${id} decides none of the findings that are known` }];
      });
      const idleRules = [...unreachable.map((problem): IdleRule => ({ code: 'unreachable', ...problem })), ...unused];
      return {
        findings,
        effects: effectsOf((effect) => {
          const count = counts.get(effect);
          return { findings: count?.findings ?? 0, issues: count?.issues.size ?? 0, examples: count?.examples ?? [] };
        }),
        openIssuesTouched: touched.size,
        idleRules: idleRules.slice(0, MAX_IDLE),
      };
    },
  };
}

function effectsOf(count: (effect: Effect) => EffectCount): Impact['effects'] {
  return {
    opens: count('opens'),
    closes: count('closes'),
    moves: count('moves'),
    ignores: count('ignores'),
    fails: count('fails'),
    changes: count('changes'),
    nothing: count('nothing'),
  };
}

function exampleOf({ record, before, after }: Compared): EffectExample {
  const { findingId, analyzerArn, accountId, resource } = record.finding;
  return {
    findingId,
    analyzerArn,
    accountId,
    resource,
    issueKey: record.mapping.issue?.key ?? null,
    before: sideOf(before),
    after: sideOf(after),
  };
}

function sideOf(decision: Compared['before']): EffectSide {
  return { ruleId: decision.ruleId, projectKey: decision.action === 'issue' ? decision.route.projectKey : null };
}
