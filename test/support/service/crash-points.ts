import type { AppOverrides } from '../../../src/app.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { Store, Write } from '../../../src/pipeline/ports/store.ts';

/** The points at which a service process can be told to die, in the order in which a finding reaches them. */
export const CRASH_POINTS = [
  'before-ask',
  'after-ask',
  'before-claim',
  'after-claim',
  'after-create',
  'after-record',
  'after-lookup',
  'before-transition',
  'after-transition',
  'before-update',
  'after-update',
] as const;

/**
 * `before-ask`: the observation is stored, the queue is not asked. `after-ask`: the queue is asked, the message is not deleted.
 * `before-claim`: the permit to create is there, nothing is written. `after-claim`: the claim is written, nothing is sent.
 * `after-create`: Jira confirmed, nothing is recorded. `after-record`: the issue is recorded. `after-lookup`: a lookup for an
 * uncertain create has ended, nothing is recorded. `before-transition`, `after-transition`: around a transition and its comment. `before-update`,
 * `after-update`: around the read and the write that bring an issue up to date.
 */
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** A point, and the count at which it strikes: 1 is the first time that the point is reached. */
export interface Crash {
  readonly point: CrashPoint;
  readonly nth: number;
}

/** @param text such as `after-create:3` @throws Error when it names no known point */
export function parseCrash(text: string): Crash {
  const [name = '', nth = '1'] = text.split(':');
  const point = CRASH_POINTS.find((one) => one === name);
  if (point === undefined || !/^[1-9]\d{0,3}$/.test(nth))
    throw new Error(`${text} is not a crash point; known points: ${CRASH_POINTS.join(', ')}, each with :N`);
  return { point, nth: Number(nth) };
}

/** Wrappers around the ports that call `strike` the n-th time the point is reached, and go on when it resolves. */
export function strikingAt({ point, nth }: Crash, strike: () => Promise<void>): Pick<AppOverrides, 'store' | 'tracker' | 'queue'> {
  let passes = 0;
  const pass = async (at: CrashPoint): Promise<void> => {
    if (at !== point) return;
    passes += 1;
    if (passes === nth) await strike();
  };
  const confirmed = new Set<string>();
  return {
    queue: (queue) => ({
      ...queue,
      async ask(group, urgency) {
        if (urgency === 'event') await pass('before-ask');
        await queue.ask(group, urgency);
        if (urgency === 'event') await pass('after-ask');
      },
    }),
    store: (store) => crashingStore(store, confirmed, pass),
    tracker: (tracker) => crashingTracker(tracker, confirmed, pass),
  };
}

type Pass = (at: CrashPoint) => Promise<void>;

function crashingStore(store: Store, confirmed: ReadonlySet<string>, pass: Pass): Store {
  return {
    ...store,
    async commit(writes) {
      const result = await store.commit(writes);
      if (result.ok && writes.some((write) => confirmed.has(issueOf(write)))) await pass('after-record');
      return result;
    },
  };
}

/** Id of the issue in a group's record; '' for none. */
function issueOf({ collection, becomes }: Write): string {
  if (collection !== GROUPS.name || becomes === null) return '';
  return String(Object(Object(JSON.parse(becomes.json))['issue'])['id'] ?? '');
}

function crashingTracker(tracker: IssueTracker, confirmed: Set<string>, pass: Pass): IssueTracker {
  const moving = async <T>(move: () => Promise<T>): Promise<T> => {
    await pass('before-transition');
    const outcome = await move();
    await pass('after-transition');
    return outcome;
  };
  return {
    ...tracker,
    async permit(kind) {
      const permit = await tracker.permit(kind);
      if (kind === 'create' && permit.granted) await pass('before-claim');
      return permit;
    },
    async create(draft, marker, sendBy) {
      await pass('after-claim');
      const outcome = await tracker.create(draft, marker, sendBy);
      if (outcome.outcome === 'confirmed') {
        await pass('after-create');
        confirmed.add(outcome.issue.id);
      }
      return outcome;
    },
    async lookup(question) {
      const look = await tracker.lookup(question);
      await pass('after-lookup');
      return look;
    },
    async update(issue, update) {
      await pass('before-update');
      const outcome = await tracker.update(issue, update);
      await pass('after-update');
      return outcome;
    },
    close: (issue, target) => moving(() => tracker.close(issue, target)),
    reopen: (issue, target) => moving(() => tracker.reopen(issue, target)),
  };
}
