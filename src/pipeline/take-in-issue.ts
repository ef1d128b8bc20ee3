import { newGroup, type GroupRecord, type OwnIssue } from '../issues/group-record.ts';
import { GROUPS } from './collections.ts';
import type { Tell } from './happening.ts';
import type { FoundIssue, IssueRef } from './issue-tracker.ts';
import type { OurIssue } from './read-ours.ts';
import type { SettleQueue } from './settle-queue.ts';
import { put, type Store, type Stored } from './store.ts';

/** What an issue of ours that was found in Jira is to the store. `twin`: its group has another one, which stays. */
export type TakenIn = { readonly is: 'known' } | { readonly is: 'restored' } | { readonly is: 'twin'; readonly kept: IssueRef };

/** Compares an issue of ours with its group's record, and writes it there when the store did not know it. The lowest id is the group's. */
export type TakeInIssue = (found: OurIssue) => Promise<TakenIn>;

export interface TakeInIssueDeps {
  readonly store: Store;
  readonly queue: SettleQueue;
  readonly tell: Tell;
  readonly ensureTrust: () => Promise<void>;
  /** True where a lost store is read back: what an earlier pass told of an issue came from search as well, and may have been old. */
  readonly doubtsStatus: boolean;
}

export function createTakeInIssue(deps: TakeInIssueDeps): TakeInIssue {
  const { store, queue, tell, doubtsStatus } = deps;

  /** @returns null when another writer was first */
  async function attempt(found: OurIssue): Promise<TakenIn | null> {
    const { group, findings } = found.property;
    const [stored] = await store.read(GROUPS, [group]);
    const standing = compare(stored?.doc.issue ?? null, found);
    if (standing.is === 'twin' || standing.is === 'lower') tell({ what: 'twin-seen', group, ...standing.keys });
    if (standing.is === 'known') return !stored || (await inDoubt(stored, found)) ? { is: 'known' } : null;
    if (standing.is === 'twin') return { is: 'twin', kept: standing.kept };
    const now = await store.now();
    const next = withIssue(stored?.doc ?? newGroup(group, findings, now), ownIssue(found), now);
    const result = await store.commit([put(GROUPS, group, stored?.version ?? null, next)]);
    if (!result.ok) {
      if (result.because === 'suspect') await deps.ensureTrust();
      return null;
    }
    tell({ what: 'issue-restored', group, issueKey: found.issue.key, ruleId: null, resource: '' });
    await queue.ask(group, 'sweep');
    return { is: 'restored' };
  }

  /**
   * Search shows an issue that was read back otherwise than it did then: which of the two is old is only known when the issue has been read,
   * as before every move that may have happened.
   * @returns false when another writer was first
   */
  async function inDoubt({ id, doc, version }: Stored<GroupRecord>, found: OurIssue): Promise<boolean> {
    const { issue, move } = doc;
    if (!doubtsStatus || issue?.id !== found.issue.id || issue.ruleId !== null || move !== null) return true;
    if (issue.stand === standOf(found)) return true;
    const now = await store.now();
    const doubted: GroupRecord = {
      ...doc,
      move: { to: issue.stand, owner: '', sentAt: now, uncertain: true },
      wanted: doc.wanted + 1,
      updatedAt: now,
    };
    const result = await store.commit([put(GROUPS, id, version, doubted)]);
    if (!result.ok && result.because === 'suspect') await deps.ensureTrust();
    if (result.ok) await queue.ask(id, 'sweep');
    return result.ok;
  }

  return async (found) => {
    for (;;) {
      const taken = await attempt(found);
      if (taken !== null) return taken;
    }
  };
}

type Standing =
  | { readonly is: 'known' | 'missing' }
  | { readonly is: 'twin' | 'lower'; readonly kept: IssueRef; readonly keys: { readonly issueKey: string; readonly twinKey: string } };

/** A second issue that is closed is no twin any more: it was retired, or a person decided. */
function compare(known: OwnIssue | null, found: OurIssue): Standing {
  if (known === null) return { is: 'missing' };
  if (known.id === found.issue.id || found.status.category === 'done') return { is: 'known' };
  const is = Number(known.id) < Number(found.issue.id) ? 'twin' : 'lower';
  return { is, kept: { id: known.id, key: known.key }, keys: { issueKey: known.key, twinKey: found.issue.key } };
}

/** The group with its issue; whatever was meant to be created is there. */
export function withIssue(record: GroupRecord, issue: OwnIssue, now: number): GroupRecord {
  return { ...record, issue, intent: null, move: null, failure: null, attempts: 0, wait: null, wanted: record.wanted + 1, updatedAt: now };
}

/** What the record says of an issue that was found in Jira and not made just now. */
function ownIssue(found: FoundIssue): OwnIssue {
  const { issue, projectKey, issueType, status } = found;
  return { ...issue, projectKey, issueType, ruleId: null, stand: standOf(found), status };
}

function standOf({ status }: FoundIssue): OwnIssue['stand'] {
  return status.category === 'done' ? 'closed' : 'open';
}
