import { newGroup, type GroupRecord, type OwnIssue } from '../issues/group-record.ts';
import type { Clock } from './clock.ts';
import { EPOCHS, GROUPS, type EpochRecord } from './collections.ts';
import type { Tell } from './happening.ts';
import type { FoundIssue, IssueTracker } from './issue-tracker.ts';
import type { SettleQueue } from './settle-queue.ts';
import { EPOCH, put, type Store, type Stored } from './store.ts';

/**
 * Whether the store is the one that it was. A store that was emptied, restarted, restored or failed over may have forgotten issues
 * that stand in Jira, so nothing is created until they have been read back.
 */
export interface StoreTrust {
  /** Names the store as it is now, suspect when it is another one. Called at start and after a commit that was `suspect`. */
  ensure(): Promise<void>;
  /** @throws StoreUnavailable */
  isTrusted(): Promise<boolean>;
  /** Runs a pass of reading back when one is due. Does nothing when the store is trusted. */
  advance(): Promise<void>;
}

/** Jira's search may not know of an issue for this long; a second pass waits as long. */
export const INDEX_LAG_MS = 30_000;

/** What our clocks and Jira's may differ by, and what a create may take. */
const MARGIN_MS = 15 * 60_000;

const RETRY_MS = 5_000;

export interface StoreTrustDeps {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly queue: SettleQueue;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly installation: string;
  /** @see INDEX_LAG_MS */
  readonly indexLagMs: number;
}

export function createStoreTrust(deps: StoreTrustDeps): StoreTrust {
  const { store, tracker, queue, tell } = deps;
  let trustedOnce = false;

  async function readEpoch(): Promise<Stored<EpochRecord> | null> {
    const [epoch] = await store.read(EPOCHS, [EPOCH.id]);
    return epoch ?? null;
  }

  async function ensure(): Promise<void> {
    const [identity, epoch] = [await store.identity(), await readEpoch()];
    if (epoch?.doc.identity === identity) return;
    // Read before the new epoch stands: until then every other write is refused, so nothing newer can slip in.
    const since = epoch?.doc.trusted === false ? epoch.doc.since : await newestKnown();
    const named: EpochRecord = { identity, trusted: false, since, secondPass: trustedOnce || epoch !== null, nextPassAt: 0 };
    const result = await store.commit([put(EPOCHS, EPOCH.id, epoch?.version ?? null, named)]);
    if (result.ok) tell({ what: 'store-suspect', since });
  }

  /** What the store remembers is a beginning of what happened, so all before its newest record is known. */
  async function newestKnown(): Promise<number | null> {
    const { items } = await store.page(GROUPS, { terms: [], limit: 1, order: 'newest' });
    const newest = items[0]?.doc.firstSeenAt;
    return newest === undefined ? null : newest - MARGIN_MS;
  }

  async function advance(): Promise<void> {
    const epoch = await readEpoch();
    if (epoch === null || epoch.doc.identity !== (await store.identity())) return ensure();
    if (epoch.doc.trusted) {
      trustedOnce = true;
      return;
    }
    const now = await store.now();
    if (epoch.doc.nextPassAt > now) return;
    const restored = await readBack(epoch.doc.since);
    const next = restored === 'failed' ? { ...epoch.doc, nextPassAt: now + RETRY_MS } : afterPass(epoch.doc, restored, await store.now());
    const result = await store.commit([put(EPOCHS, EPOCH.id, epoch.version, next)]);
    if (result.ok && next.trusted) tell({ what: 'store-trusted' });
  }

  /** One pass that finds nothing new ends it, unless the store is known to have forgotten: then the index must have had time to catch up. */
  function afterPass(epoch: EpochRecord, restored: number, now: number): EpochRecord {
    const again = restored > 0 || epoch.secondPass;
    return again ? { ...epoch, secondPass: false, nextPassAt: now + deps.indexLagMs } : { ...epoch, trusted: true };
  }

  /** @returns how many issues the store did not know */
  async function readBack(since: number | null): Promise<number | 'failed'> {
    let [found, restored, cursor]: [number, number, string | null] = [0, 0, null];
    do {
      const permit = await tracker.permit('look');
      if (!permit.granted) return 'failed';
      const page = await tracker.ours(since === null ? null : (await store.now()) - since, cursor).finally(() => permit.release());
      if (!page.ok) {
        tell({ what: 'store-read-back-failed', code: page.failure.code, message: page.failure.message });
        return 'failed';
      }
      for (const issue of page.found) {
        if (!issue.createdByUs || issue.property?.installation !== deps.installation) continue;
        found += 1;
        if (await restore(issue, issue.property.group, issue.property.findings)) restored += 1;
      }
      cursor = page.nextCursor;
    } while (cursor !== null);
    tell({ what: 'store-read-back', found, restored });
    return restored;
  }

  /** @returns true when the store did not know the issue */
  async function restore(found: FoundIssue, group: string, findings: readonly string[]): Promise<boolean> {
    for (;;) {
      const [stored] = await store.read(GROUPS, [group]);
      const known = stored?.doc.issue ?? null;
      if (known?.id === found.issue.id) return false;
      if (known !== null && Number(known.id) < Number(found.issue.id)) {
        tell({ what: 'twin-seen', group, issueKey: known.key, twinKey: found.issue.key });
        return false;
      }
      const base = stored?.doc ?? newGroup(group, findings, await store.now());
      const result = await store.commit([put(GROUPS, group, stored?.version ?? null, withIssue(base, ownIssue(found), await store.now()))]);
      if (result.ok) {
        tell({ what: 'issue-restored', group, issueKey: found.issue.key, ruleId: null, resource: '' });
        await queue.ask(group, 'sweep');
        return true;
      }
      if (result.because === 'suspect') await ensure();
    }
  }

  return {
    ensure,
    advance,
    async isTrusted() {
      const epoch = await readEpoch();
      return epoch?.doc.trusted === true && epoch.doc.identity === (await store.identity());
    },
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
