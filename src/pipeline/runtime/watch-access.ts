import type { GroupKey } from '../../issues/group-key.ts';
import { outlastsNews, type GroupRecord } from '../../issues/group-record.ts';
import { eachPage } from '../operations/each-page.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReconcileQueue, Urgency } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';
import type { AccessState, TrackerAccess } from '../ports/tracker-access.ts';
import { AWAITS_ANSWER, GROUPS } from '../records/group-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { TRACKER_ACCESS } from '../records/service-collections.ts';

/**
 * Makes a refused token one event, and Jira's silence another: reports it once, and releases all groups that failed for it when it is over; those
 * that Jira did not answer in the order in which they became known.
 */
export interface AccessWatch {
  /** Failures of an earlier run put the access in doubt. To be called before any pass. @throws StoreUnavailable */
  start(): Promise<void>;
  /** Asks Jira, if that is due, and releases groups if all is well. @throws StoreUnavailable */
  advance(): Promise<void>;
  /** Before a pass: asks Jira at once if another replica has found it answering again. @throws StoreUnavailable */
  hear(): Promise<void>;
}

export interface AccessWatchDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly access: TrackerAccess;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * From one look for groups that wait to the next, ms, while there is access: a pass that was under way when it ended records that late, and a replica
 * without access stops groups that this one could go on with.
 */
const LOOK_EVERY_MS = 5_000;

/** So many groups that Jira did not answer may wait in the queue before more are released, whatever the rate. */
const AHEAD = 64;

const FAILED = ['failure:jira-auth'];

/** Id of the only document in `TRACKER_ACCESS`. */
const JIRA = 'jira';

/** More groups whose own request was refused than calls are in flight would be odd; older ones are forgotten. */
const MAX_REMEMBERED = 1_000;

export function createAccessWatch({ store, queue, access, clock, emit }: AccessWatchDeps): AccessWatch {
  /** Refusals and outages that were reported. */
  let reported = { refusals: 0, outages: 0 };
  /** Jira has to be reported as back. */
  let isMissed = false;
  /** When this or another replica last had news about whether Jira answers; store's clock, epoch ms. */
  let newsAt = -Infinity;
  /** What all passes wait for that begin meanwhile. */
  let hearing: Promise<AccessState> | null = null;
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
  async function release(
    group: GroupKey,
    isDue: (record: GroupRecord) => boolean = isReleasable,
    urgency: Urgency = 'rules',
  ): Promise<boolean> {
    for (;;) {
      const [stored] = await store.read(GROUPS, [group]);
      if (!stored || !isDue(stored.doc)) return false;
      const { doc, version } = stored;
      const requeueAt = outlastsNews(doc.requeueAt) ? doc.requeueAt : null;
      const next: GroupRecord = { ...doc, generation: doc.generation + 1, failure: null, requeueAt };
      const result = await store.commit([put(GROUPS, group, version, next)]);
      if (!result.ok) continue;
      if (isReleasable(doc) && doc.failure?.retry.when !== 'token-accepted') remember(group);
      await queue.ask(group, urgency);
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
      for (const { id, doc } of items) {
        if (!isReleasable(doc) || !(await release(id))) continue;
        count += 1;
        return true;
      }
    }
    return false;
  }

  async function releaseAll(): Promise<void> {
    for await (const { items } of eachPage(store, GROUPS, FAILED)) {
      for (const { id } of items) if (await release(id)) count += 1;
    }
  }

  /** The oldest first, and no more than get their permits soon: what gets none in time is tried again behind the others. */
  async function releaseUnanswered(): Promise<void> {
    const [waiting = 0] = await store.counts(GROUPS, [AWAITS_ANSWER]);
    if (isMissed) {
      emit({ what: 'jira-answers', waiting });
      isMissed = false;
      return tellOthers();
    }
    if (waiting === 0) return;
    const room = Math.min(AHEAD, access.room());
    if (room < 1) return;
    // One at least: a queue that other work keeps full is no reason to wait for ever.
    const limit = Math.max(1, room - (await queue.depth()));
    const { items } = await store.page(GROUPS, { terms: [AWAITS_ANSWER], limit, order: 'oldest' });
    for (const { id } of items) if (access.state().access === 'accepted') await release(id, isUnanswered, 'sweep');
  }

  /** Before anything is released: a replica that does not know yet would take what is released, and only let it wait again. */
  async function tellOthers(): Promise<void> {
    const { version } = await readReplaceable(store, TRACKER_ACCESS, JIRA);
    await store.commit([put(TRACKER_ACCESS, JIRA, version, { answeredAt: await store.now() })]);
  }

  async function othersHaveHeard(): Promise<boolean> {
    const { doc } = await readReplaceable(store, TRACKER_ACCESS, JIRA);
    if (doc === null || doc.answeredAt <= newsAt) return false;
    newsAt = doc.answeredAt;
    return true;
  }

  async function confirmed(): Promise<AccessState> {
    const state = await access.confirm();
    if (state.access !== 'away' || !(await othersHaveHeard())) return state;
    access.askAtOnce();
    return access.confirm();
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
      const [failed = 0, unanswered = 0] = await store.counts(GROUPS, [...FAILED, AWAITS_ANSWER]);
      if (failed > 0) {
        isOwed = true;
        access.doubt('refused');
      } else if (unanswered > 0) access.doubt('away');
    },
    async advance() {
      const state = await confirmed();
      if (state.refusals > reported.refusals) {
        emit({ what: 'token-refused', message: state.message });
        isOwed = true;
      }
      if (state.outages > reported.outages) {
        emit({ what: 'jira-away', message: state.message });
        isMissed = true;
        newsAt = await store.now();
      }
      reported = state;
      if (state.access === 'one-first' && !(await releaseOne())) access.accept();
      if (state.access !== 'accepted') return;
      await afterAccepted();
      await releaseUnanswered();
    },
    async hear() {
      if (access.state().access !== 'away') return;
      hearing ??= confirmed().finally(() => (hearing = null));
      await hearing;
    },
  };
}

function isUnanswered({ failure }: GroupRecord): boolean {
  return failure?.retry.when === 'answers-again';
}
