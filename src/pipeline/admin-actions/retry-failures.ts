import type { FailureCode } from '../../issues/failure.ts';
import { GROUPS } from '../records/group-collections.ts';
import { countAll, eachPage } from '../operations/each-page.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { termsIn } from '../operations/operation-input.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import type { ReconcileNow } from './reconcile-now.ts';
import type { Store } from '../ports/store.ts';

/** The failures of one cause, of one project, of both, or all. */
export interface FailureFilter {
  readonly code?: FailureCode;
  readonly projectKey?: string;
}

/** The filter as terms of the store. */
export function failureTerms({ code, projectKey }: FailureFilter): readonly string[] {
  return [code === undefined ? 'failed' : `failure:${code}`, ...(projectKey === undefined ? [] : [`failedProject:${projectKey}`])];
}

/** A retry of one of these is a decision about an issue, which must not be made along with everything else. */
const DECISION = 'failure:jira-property-unproven';

/** How many groups a retry takes up. @param terms of the filter */
export async function countRetried(store: Store, terms: readonly string[]): Promise<number> {
  const all = await countAll(store, GROUPS, terms);
  return terms.includes(DECISION) ? all : all - (await countAll(store, GROUPS, [...terms, DECISION]));
}

/** Retries every failed group that carries the terms of the operation's input, those that wait for a decision about an issue only by their code. A group that was reconciled meanwhile only gets a pass. */
export function createRetryFailures({ store, reconcileNow }: { store: Store; reconcileNow: ReconcileNow }): RunOperation {
  return async (run) => {
    const terms = termsIn(run.input);
    if (run.cursor === null) await run.progress({ total: await countRetried(store, terms) });
    let [{ done }, passedOver] = [run, 0];
    for await (const { items, nextCursor } of eachPage(store, GROUPS, terms, typeof run.cursor === 'string' ? run.cursor : null)) {
      for (const { id, doc } of items) {
        if (doc.failure?.code === 'jira-property-unproven' && !terms.includes(DECISION)) continue;
        if ((await skipUnreadable(() => reconcileNow(id, run.startedBy))) === null) passedOver += 1;
        done += 1;
        await run.progress({ done });
      }
      if (nextCursor !== null) await run.progress({ cursor: nextCursor });
    }
    return { retried: done - passedOver };
  };
}
