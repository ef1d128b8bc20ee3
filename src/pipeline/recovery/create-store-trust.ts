import type { Clock } from '../ports/clock.ts';
import { GROUPS } from '../records/group-collections.ts';
import { EPOCHS, type EpochRecord } from '../records/service-collections.ts';
import { type Replaceable, readReplaceable } from '../records/read-replaceable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { keepsWhileReadingBack } from './collect-members.ts';
import type { Emit } from '../ports/service-event.ts';
import type { IssueTracker } from '../ports/issue-tracker.ts';
import { readOurs, type DoubtfulIssue, type OurIssue, type ReadOurs } from './read-ours.ts';
import { retryAfterMs } from '../../issues/retry-policy.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { checkedStore } from './checked-store.ts';
import { createAdoptIssue, type AdoptIssue } from './adopt-issue.ts';
import { holdAndAsk, type Hold } from './hold-unproven.ts';
import { isKnown, ownerOf } from '../groups/store-knowledge.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { isTakenAway } from '../../issues/taken-away.ts';
import { markerLabel } from '../../issues/marker.ts';
import { EPOCH, put, type Store, type Stored } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** How long Jira's search may not know of an issue, ms; a second pass waits as long. */
export const INDEX_LAG_MS = 30_000;

/** Covers clock skew against Jira and the duration of a create, ms. */
const MARGIN_MS = 15 * 60_000;

/** Delay after a failed pass, ms; longer where Jira says so. */
const RETRY_MS = 5_000;

const NEVER = new AbortController().signal;

export interface StoreTrustDeps {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly queue: ReconcileQueue;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Waits between two tries to read a page. */
  readonly sleep: (ms: number) => Promise<void>;
  readonly installation: string;
  /** Keys of the projects that the current rules send issues to. */
  readonly projects: () => Promise<readonly string[]>;
  /** True where the store belongs to one process: an empty store without an epoch is new. */
  readonly soleOwner: boolean;
  /** @see INDEX_LAG_MS */
  readonly indexLagMs: number;
}

export function createStoreTrust(deps: StoreTrustDeps): StoreTrust {
  const { tracker, emit } = deps;
  const store = checkedStore(deps.store, ensure);
  const shared = { ...deps, store, keeps: keepsWhileReadingBack };
  const adopt = { doubting: createAdoptIssue({ ...shared, doubts: true }), usual: createAdoptIssue({ ...shared, doubts: false }) };
  let trustedOnce = false;

  /** One that can't be read names no store: our issues are read back, as after the loss of the store. */
  async function readEpoch(): Promise<Replaceable<EpochRecord>> {
    return readReplaceable(store, EPOCHS, EPOCH.id);
  }

  async function ensure(): Promise<void> {
    const [identity, { doc: epoch, version }] = [await store.identity(), await readEpoch()];
    if (epoch?.identity === identity) return;
    // Read before the new epoch is written: until then every other write is refused, so nothing newer can slip in.
    const since = epoch === null && version !== null ? null : epoch?.trusted === false ? epoch.since : await newestKnown();
    // An empty store that several processes share may have just been emptied, with issues that the index does not know yet.
    const secondPass = trustedOnce || version !== null || !deps.soleOwner;
    const named: EpochRecord = { identity, trusted: false, since, secondPass, nextPassAt: 0 };
    const result = await store.commit([put(EPOCHS, EPOCH.id, version, named)]);
    if (result.ok) emit({ what: 'store-suspect', since });
  }

  /** The store has lost at most the end of its history, so all before its newest record is known. */
  async function newestKnown(): Promise<number | null> {
    const { items } = await store.page(GROUPS, { terms: [], limit: 1, order: 'newest' });
    const newest = items[0]?.doc.firstSeenAt;
    return newest === undefined ? null : newest - MARGIN_MS;
  }

  async function advance(signal: AbortSignal = NEVER): Promise<void> {
    const { doc, version } = await readEpoch();
    if (doc === null || version === null || doc.identity !== (await store.identity())) return ensure();
    const epoch = { id: EPOCH.id, doc, version };
    if (epoch.doc.trusted) {
      trustedOnce = true;
      return;
    }
    if (epoch.doc.nextPassAt > (await store.now())) return;
    const ours = await readOursSince(epoch.doc.since, signal);
    if (!ours.ok) {
      const nextPassAt = (await store.now()) + Math.max(RETRY_MS, retryAfterMs(ours.failure));
      return void (await write(epoch, { ...epoch.doc, nextPassAt }));
    }
    const begun = ours.found.length === 0 ? epoch : await owingSecondPass(epoch);
    if (begun === null) return;
    const how = epoch.doc.secondPass ? adopt.doubting : adopt.usual;
    const adopted = await adoptAll(ours.found, how);
    const next = afterPass(epoch.doc, adopted.restored, await store.now());
    await holdAndAsk(shared, [...adopted.linked, ...(await holdsOf(ours.doubtful))]);
    if ((await write(begun, next)) !== null && next.trusted) emit({ what: 'store-trusted' });
  }

  /** @returns null when another writer was first */
  async function write(epoch: Stored<EpochRecord>, doc: EpochRecord): Promise<Stored<EpochRecord> | null> {
    const result = await store.commit([put(EPOCHS, EPOCH.id, epoch.version, doc)]);
    const [version = null] = result.ok ? result.versions : [];
    return version === null ? null : { ...epoch, doc, version };
  }

  /** Written before any issue is: if this pass dies on the way, the next one finds nothing new, but must not be the last. */
  async function owingSecondPass(epoch: Stored<EpochRecord>): Promise<Stored<EpochRecord> | null> {
    return epoch.doc.secondPass ? epoch : write(epoch, { ...epoch.doc, secondPass: true });
  }

  /** A pass that finds nothing new ends it, unless the store is known to have lost data: then the index must have had time to catch up. */
  function afterPass(epoch: EpochRecord, restored: number, now: number): EpochRecord {
    const again = restored > 0 || epoch.secondPass;
    return again ? { ...epoch, secondPass: false, nextPassAt: now + deps.indexLagMs } : { ...epoch, trusted: true };
  }

  async function readOursSince(since: number | null, signal: AbortSignal): Promise<ReadOurs> {
    const { installation, sleep } = deps;
    const withinMs = since === null ? null : (await store.now()) - since;
    const projects = await deps.projects();
    const ours = await readOurs({ tracker, installation, withinMs, isInOrder: async () => false, projects, sleep, signal });
    if (!ours.ok && ours.failure !== null) emit({ what: 'store-read-back-failed', code: ours.failure.code, message: ours.failure.message });
    return ours;
  }

  /**
   * Search may show an issue that our own account did not create, with a link that the store has forgotten, or never knew: it is to be held.
   * @param how where another pass follows, known issues are doubted, so that it checks them
   * @returns how many the store did not know, and the links without proof
   */
  async function adoptAll(
    ours: readonly OurIssue[],
    how: AdoptIssue,
  ): Promise<{ readonly restored: number; readonly linked: readonly Hold[] }> {
    let restored = 0;
    const linked: Hold[] = [];
    for (const one of ours) {
      // An issue whose group can't be read is not adopted; no other one takes its place, since nothing is created for that group.
      const taken = await skipUnreadable(() => how(one, false));
      if (taken?.is === 'restored') restored += 1;
      const { issue, property } = one;
      if (taken?.is === 'unproven')
        linked.push({ issue: { ...issue, says: 'linked' }, labels: [markerLabel(deps.installation, property.group)] });
    }
    emit({ what: 'store-read-back', found: ours.length, restored });
    return { restored, linked };
  }

  async function holdsOf(doubtful: readonly DoubtfulIssue[]): Promise<readonly Hold[]> {
    const holds: Hold[] = [];
    for (const one of doubtful) {
      const hold = await skipUnreadable(() => holdOf(one));
      if (hold !== null) holds.push(hold);
    }
    return holds;
  }

  /**
   * A tombstone may be newer than the store, so it counts against the record, too; a contradiction only where the record knows nothing.
   * @returns null: the record knows better
   */
  async function holdOf({ issue, labels, unlinkedFrom }: DoubtfulIssue): Promise<Hold | null> {
    if (unlinkedFrom === null ? await isKnown(store, issue.id) : await isTakenAwayFrom(unlinkedFrom, issue.id)) return null;
    const owner = await ownerOf(store, issue.id);
    return { issue, labels: [...new Set([...labels, ...(owner === null ? [] : [markerLabel(deps.installation, owner)])])] };
  }

  async function isTakenAwayFrom(group: GroupKey, id: string): Promise<boolean> {
    const [stored] = await store.read(GROUPS, [group]);
    return stored ? isTakenAway(stored.doc, id) : false;
  }

  return {
    ensure,
    advance,
    async isTrusted() {
      const { doc } = await readEpoch();
      return doc?.trusted === true && doc.identity === (await store.identity());
    },
  };
}
