import { isJsonObject, type Json } from '../../findings/json.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { requestPass } from '../groups/request-pass.ts';
import { eachPage } from '../operations/each-page.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Store } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';

/**
 * After a change of names, units or states of accounts: asks for a pass over every group that has an issue, or is to get one, for a finding of
 * these accounts. The pass writes what has changed in the text, and a create goes where the account belongs now; no issue is moved.
 */
export function createReconcileAccounts(deps: { readonly store: Store; readonly queue: ReconcileQueue }): RunOperation {
  const { store, queue } = deps;
  return async (run) => {
    const accounts = accountsOf(run.input);
    let [done, asked] = [run.done, askedOf(run.cursor)];
    await run.progress({ total: accounts.length });
    for (const account of accounts.slice(done)) {
      for await (const { items } of eachPage(store, FINDINGS, [`accountId:${account}`])) {
        for (const group of new Set(items.filter(({ doc }) => isShown(doc)).map(({ doc }) => doc.group))) {
          await skipUnreadable(() => requestPass(deps.store, group));
          await queue.ask(group, 'rules');
          asked += 1;
        }
        await run.progress({ result: { asked } });
      }
      done += 1;
      await run.progress({ done, cursor: { asked }, result: { asked } });
    }
    return { asked };
  };
}

function isShown({ finding, decision, mapping }: FindingRecord): boolean {
  if (finding.shrunk === true || decision.action !== 'issue') return false;
  return mapping.issue !== null || lifecycleOf(finding) === 'active';
}

function accountsOf(input: Json): readonly string[] {
  const accounts = isJsonObject(input) ? input['accounts'] : undefined;
  if (!Array.isArray(accounts)) throw new Error('Started without accounts');
  return accounts.map(String);
}

function askedOf(cursor: Json): number {
  return isJsonObject(cursor) && typeof cursor['asked'] === 'number' ? cursor['asked'] : 0;
}
