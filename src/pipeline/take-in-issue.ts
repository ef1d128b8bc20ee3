import { newGroup, type GroupRecord, type OwnIssue } from '../issues/group-record.ts';
import { GROUPS } from './collections.ts';
import type { Tell } from './happening.ts';
import type { FoundIssue, IssueRef } from './issue-tracker.ts';
import type { OurIssue } from './read-ours.ts';
import type { SettleQueue } from './settle-queue.ts';
import { put, type Store } from './store.ts';

/** What an issue of ours that was found in Jira is to the store. `twin`: its group has another one, which stays. */
export type TakenIn = { readonly is: 'known' } | { readonly is: 'restored' } | { readonly is: 'twin'; readonly kept: IssueRef };

/** Compares an issue of ours with its group's record, and writes it there when the store did not know it. The lowest id is the group's. */
export type TakeInIssue = (found: OurIssue) => Promise<TakenIn>;

export function createTakeInIssue(deps: { store: Store; queue: SettleQueue; tell: Tell; ensureTrust: () => Promise<void> }): TakeInIssue {
  const { store, queue, tell } = deps;
  return async (found) => {
    const { group, findings } = found.property;
    for (;;) {
      const [stored] = await store.read(GROUPS, [group]);
      const known = stored?.doc.issue ?? null;
      if (known?.id === found.issue.id) return { is: 'known' };
      if (known !== null && found.status.category !== 'done') tell({ what: 'twin-seen', group, issueKey: known.key, twinKey: found.issue.key });
      if (known !== null && Number(known.id) < Number(found.issue.id)) return { is: 'twin', kept: { id: known.id, key: known.key } };
      const now = await store.now();
      const next = withIssue(stored?.doc ?? newGroup(group, findings, now), ownIssue(found), now);
      const result = await store.commit([put(GROUPS, group, stored?.version ?? null, next)]);
      if (result.ok) {
        tell({ what: 'issue-restored', group, issueKey: found.issue.key, ruleId: null, resource: '' });
        await queue.ask(group, 'sweep');
        return { is: 'restored' };
      }
      if (result.because === 'suspect') await deps.ensureTrust();
    }
  };
}

/** The group with its issue; whatever was meant to be created is there. */
export function withIssue(record: GroupRecord, issue: OwnIssue, now: number): GroupRecord {
  return { ...record, issue, intent: null, move: null, failure: null, attempts: 0, wait: null, wanted: record.wanted + 1, updatedAt: now };
}

/** What the record says of an issue that was found in Jira and not made just now. */
function ownIssue(found: FoundIssue): OwnIssue {
  const { issue, projectKey, issueType, status } = found;
  return { ...issue, projectKey, issueType, ruleId: null, stand: status.category === 'done' ? 'closed' : 'open', status };
}
