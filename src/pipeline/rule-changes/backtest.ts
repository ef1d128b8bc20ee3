import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject, type JsonObject } from '../../findings/json.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import { FINDINGS } from '../records/collections.ts';
import type { OperationRecord } from '../records/operation-record.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import { measureImpact } from './rules-impact.ts';
import type { Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';

/**
 * A backtest measures what a draft would change, over every known finding. Its id is the token with which just this draft
 * can be saved over just this revision, however much it touches.
 */
export function createBacktest(deps: { readonly store: Store; readonly yielder: Yielder }, from: Rules, draft: Rules): RunOperation {
  return async ({ id, progress }) => {
    const [total = 0] = await deps.store.counts(FINDINGS, ['']);
    await progress({ total });
    const impact = await measureImpact(deps, from, draft, (done) => progress({ done }));
    return { base: from.revision, backtestToken: id, ...impact };
  };
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
