import { createHash } from 'node:crypto';
import { findingKey, type Finding } from '../../findings/finding.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '../../findings/json.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { OperationRecord } from '../records/operation-record.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import { measureImpact, type EffectCount, type EffectExample, type Impact } from './rules-impact.ts';
import type { Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';

export interface BacktestDeps {
  readonly store: Store;
  readonly yielder: Yielder;
  /** The request that would open the issue of a finding. @returns null: none would be opened, or Jira can't be asked what it takes */
  readonly requestOf: (finding: Finding, rules: Rules) => Promise<JsonObject | null>;
}

/** An example with the request that would open its issue. Absent: it has an issue, or none would be opened. */
type Shown = EffectExample & { readonly request?: JsonObject };

/**
 * A backtest measures what a draft would change, over every known finding. Its id is the token with which just this draft
 * can be saved over just this revision, however much it touches.
 */
export function createBacktest(deps: BacktestDeps, from: Rules, draft: Rules): RunOperation {
  return async ({ id, progress, signal }) => {
    const [total = 0] = await deps.store.counts(FINDINGS, ['']);
    await progress({ total });
    const impact = await measureImpact(deps, from, draft, (done) => progress({ done }));
    return { base: from.revision, backtestToken: id, ...impact, effects: await withRequests(impact.effects, signal) };
  };

  async function withRequests(effects: Impact['effects'], signal: AbortSignal) {
    const show = async (count: EffectCount) => {
      const examples: Shown[] = [];
      for (const example of count.examples) {
        const request = signal.aborted ? null : await requestOf(example);
        examples.push(request === null ? example : { ...example, request });
      }
      return { ...count, examples };
    };
    const { opens, closes, moves, ignores, fails, changes, nothing } = effects;
    return {
      opens: await show(opens),
      closes: await show(closes),
      moves: await show(moves),
      ignores: await show(ignores),
      fails: await show(fails),
      changes: await show(changes),
      nothing: await show(nothing),
    };
  }

  async function requestOf({ analyzerArn, findingId, issueKey, after }: EffectExample): Promise<JsonObject | null> {
    if (issueKey !== null || after.projectKey === null) return null;
    const [stored] = await deps.store.read(FINDINGS, [findingKey(analyzerArn, findingId)]);
    return stored ? deps.requestOf(stored.doc.finding, draft) : null;
  }
}

/** The input of a backtest: the revision that it compares with, and a hash of the draft. */
export function backtestInput(base: number, draft: RuleSet): JsonObject {
  return { base, draft: draftHash(draft) };
}

/** Whether an operation is a finished backtest of this draft over this revision. */
export function isBacktestOf(operation: OperationRecord | null, base: number, draft: RuleSet): boolean {
  if (operation?.kind !== 'backtest' || operation.state !== 'done' || !isJsonObject(operation.input)) return false;
  return operation.input['base'] === base && operation.input['draft'] === draftHash(draft);
}

function draftHash(draft: RuleSet): string {
  return createHash('sha256').update(canonicalJson(draft)).digest('hex');
}
