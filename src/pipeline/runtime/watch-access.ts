import type { GroupKey } from '../../issues/group-key.ts';
import { outlastsNews, type GroupRecord } from '../../issues/group-record.ts';
import { eachPage } from '../operations/each-page.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';
import type { TrackerAccess } from '../ports/tracker-access.ts';
import { GROUPS } from '../records/group-collections.ts';

/** Makes a refused token one event: reports it once, and releases all groups that failed for it when it is accepted again. */
export interface AccessWatch {
  /** Failures of an earlier run put the token in doubt. To be called before any pass. @throws StoreUnavailable */
  start(): Promise<void>;
  /** Asks whether the token is accepted, if that is due, and releases groups if it is. @throws StoreUnavailable */
  advance(): Promise<void>;
}

export interface AccessWatchDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly access: TrackerAccess;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * From one look for groups that wait for the token to the next, ms, while it is accepted: a pass that was under way when it was refused records
 * that late, and a replica with an older token stops groups that this one could go on with.
 */
const LOOK_EVERY_MS = 5_000;

const FAILED = ['failure:jira-auth'];

/** More groups whose own request was refused than calls are in flight would be odd; older ones are forgotten. */
const MAX_REMEMBERED = 1_000;

export function createAccessWatch({ store, queue, access, clock, emit }: AccessWatchDeps): AccessWatch {
  /** Refusals that were reported. */
  let reported = 0;
  /** All failed groups are to be released; how many have been. */
  let [isOwed, count] = [false, 0];
  /** Monotonic ms of the next look. */
  let nextLookAt = -Infinity;
  /**
   * Groups whose own request was refused and which have been released for that once. If Jira refuses such a request again although it accepts
   * the token, the group waits for its own backoff: otherwise it would stop all the others again and again.
   */
  const released = new Set<GroupKey>();

  function isReleasable({ group, failure }: GroupRecord): boolean {
    if (failure?.code !== 'jira-auth') return false;
    return failure.retry.when === 'token-accepted' || (isOwed && !released.has(group));
  }

  /** @returns false: there was nothing to release */
  async function release(group: GroupKey): Promise<boolean> {
    for (;;) {
      const [stored] = await store.read(GROUPS, [group]);
      if (!stored || !isReleasable(stored.doc)) return false;
      const { doc, version } = stored;
      const requeueAt = outlastsNews(doc.requeueAt) ? doc.requeueAt : null;
      const next: GroupRecord = { ...doc, generation: doc.generation + 1, failure: null, requeueAt };
      const result = await store.commit([put(GROUPS, group, version, next)]);
      if (!result.ok) continue;
      if (doc.failure?.retry.when !== 'token-accepted') remember(group);
      count += 1;
      await queue.ask(group, 'rules');
      return true;
    }
  }

  function remember(group: GroupKey): void {
    released.add(group);
    for (const oldest of released) {
      if (released.size <= MAX_REMEMBERED) break;
      released.delete(oldest);
    }
  }

  /** @returns false: there is no group to go first */
  async function releaseOne(): Promise<boolean> {
    for await (const { items } of eachPage(store, GROUPS, FAILED)) {
      for (const { id, doc } of items) if (isReleasable(doc) && (await release(id))) return true;
    }
    return false;
  }

  async function releaseAll(): Promise<void> {
    for await (const { items } of eachPage(store, GROUPS, FAILED)) {
      for (const { id } of items) await release(id);
    }
  }

  async function afterAccepted(): Promise<void> {
    if (!isOwed && clock.monotonic() < nextLookAt) return;
    nextLookAt = clock.monotonic() + LOOK_EVERY_MS;
    await releaseAll();
    if (isOwed) emit({ what: 'token-accepted', released: count });
    [isOwed, count] = [false, 0];
  }

  return {
    async start() {
      const [failed = 0] = await store.counts(GROUPS, FAILED);
      if (failed === 0) return;
      isOwed = true;
      access.doubt();
    },
    async advance() {
      const state = await access.confirm();
      if (state.refusals > reported) {
        emit({ what: 'token-refused', message: state.message });
        [reported, isOwed] = [state.refusals, true];
      }
      if (state.access === 'one-first' && !(await releaseOne())) access.accept();
      if (state.access === 'accepted') await afterAccepted();
    },
  };
}
