import type { GroupKey } from '../../issues/group-key.ts';
import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { remember } from '../records/finding-record.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import { placeFinding, placeWrites } from '../groups/place-finding.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import { createCompareRules } from './rules-effect.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import { walkFindings } from './walk-findings.ts';

export interface ReconcileChangedDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly rules: RuleBook;
  readonly yielder: Yielder;
}

/** The input of the operation: the revisions before and after the save. */
export function reconcileChangedInput(from: number, to: number): JsonObject {
  return { from, to };
}

/**
 * After a change of the rules: decides anew about every finding that the change touches, and no other, and asks for a pass over its group.
 * Passes use the current rules, so a change that was overtaken by another one does no harm.
 */
export function createReconcileChanged(deps: ReconcileChangedDeps): RunOperation {
  const { store, queue, rules } = deps;

  return async (run) => {
    const { from, to } = revisionsOf(run.input);
    const [before, after] = [await rules.at(from), await rules.at(to)];
    // Without the previous rules every finding counts as touched.
    const compare = before === null || after === null ? null : createCompareRules(deps, before, after);
    const [total = 0] = await store.counts(FINDINGS, ['']);
    let [done, changed] = [run.done, changedOf(run.cursor)];
    await run.progress({ total });
    await walkFindings(deps, cursorOf(run.cursor), async (records, cursor) => {
      const keys = compare === null ? records.map(({ id }) => id) : await touchedOf(compare, records);
      for (const key of keys) changed += (await skipUnreadable(() => decideAnew(key))) === true ? 1 : 0;
      done += records.length;
      await run.progress({ done, cursor: { cursor, changed }, result: { changed } });
    });
    return { changed };
  };

  async function touchedOf(compare: ReturnType<typeof createCompareRules>, records: Parameters<typeof compare>[0]): Promise<string[]> {
    return (await compare(records)).filter(({ effect }) => effect !== 'nothing').map(({ record }) => record.finding.key);
  }

  /** @returns false when the finding is gone or shrunk, or its issue was passed on */
  async function decideAnew(key: string): Promise<boolean> {
    for (;;) {
      const asked = await attempt(key);
      if (asked === 'conflict') continue;
      for (const group of asked) await queue.ask(group, 'rules');
      return asked.length > 0;
    }
  }

  /** @returns the groups that want a pass now */
  async function attempt(key: string): Promise<readonly GroupKey[] | 'conflict'> {
    const [stored] = await store.read(FINDINGS, [key]);
    if (!stored || stored.doc.finding.shrunk === true || stored.doc.passedTo !== undefined) return [];
    const { doc, version } = stored;
    const now = await store.now();
    const book = await rules.current();
    const place = await placeFinding(store, doc.finding, doc.group, book);
    const { action, because, ruleId } = (await book.route(doc.finding)).decision;
    const why = `revision ${book.revision}: ${ruleId ?? because}`;
    const history = remember(doc.history, { at: now, what: 'decided', because: why, issueKey: null });
    const result = await store.commit([
      put(FINDINGS, key, version, { ...doc, group: place.group, decision: { action, because, ruleId }, history, updatedAt: now }),
      ...placeWrites({ key, was: key, to: place, backlog: action === 'issue' && doc.decision.action !== 'issue' }, now),
    ]);
    if (result.ok) return [...new Set([place.group, doc.group])];
    return 'conflict';
  }
}

function revisionsOf(input: Json): { readonly from: number; readonly to: number } {
  const { from, to } = isJsonObject(input) ? input : {};
  if (typeof from !== 'number' || typeof to !== 'number') throw new Error('Started without revisions');
  return { from, to };
}

function cursorOf(cursor: Json): string | null {
  return isJsonObject(cursor) && typeof cursor['cursor'] === 'string' ? cursor['cursor'] : null;
}

function changedOf(cursor: Json): number {
  return isJsonObject(cursor) && typeof cursor['changed'] === 'number' ? cursor['changed'] : 0;
}
