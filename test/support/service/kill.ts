import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { ReconcileQueue } from '../../../src/pipeline/ports/reconcile-queue.ts';
import type { Store, Write } from '../../../src/pipeline/ports/store.ts';

/** Thrown where a process is to die. Its work stays unfinished; the parts are then built anew, as after a restart. */
export class Killed extends Error {
  constructor(point: string) {
    super(`Killed ${point}`);
  }
}

/** Dies at the n-th call of a tracker's method, before it is sent or after it was answered. */
export function killAtCall(
  method:
    | 'prepare'
    | 'create'
    | 'close'
    | 'reopen'
    | 'lookup'
    | 'update'
    | 'link'
    | 'sayOnce'
    | 'add-marker'
    | 'write-membership'
    | 'label'
    | 'remove-marker'
    | 'finish'
    | 'read',
  when: 'before' | 'after',
  nth = 1,
): (tracker: IssueTracker) => IssueTracker {
  let calls = 0;
  const at = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    const dies = name === method && ++calls === nth;
    if (dies && when === 'before') throw new Killed(`before ${name}`);
    const outcome = await call();
    if (dies) throw new Killed(`after ${name}`);
    return outcome;
  };
  return (tracker) => ({
    ...tracker,
    prepare: (draft, how) => at('prepare', () => tracker.prepare(draft, how)),
    create: (ready, marker, sendBy) => at('create', () => tracker.create(ready, marker, sendBy)),
    close: (issue, target) => at('close', () => tracker.close(issue, target)),
    reopen: (issue, target) => at('reopen', () => tracker.reopen(issue, target)),
    lookup: (question) => at('lookup', () => tracker.lookup(question)),
    update: (issue, update) => at('update', () => tracker.update(issue, update)),
    link: (issue, to) => at('link', () => tracker.link(issue, to)),
    sayOnce: (issue, comment, withinMs) => at('sayOnce', () => tracker.sayOnce(issue, comment, withinMs)),
    addMarker: (issue, marker) => at('add-marker', () => tracker.addMarker(issue, marker)),
    writeMembership: (issue, property) => at('write-membership', () => tracker.writeMembership(issue, property)),
    addLabels: (issue, labels) => at('label', () => tracker.addLabels(issue, labels)),
    read: (issueKey) => at('read', () => tracker.read(issueKey)),
    finish: (issue, owed, closing) => at('finish', () => tracker.finish(issue, owed, closing)),
    removeMarker: (issue, tombstone, label) => at('remove-marker', () => tracker.removeMarker(issue, tombstone, label)),
  });
}

/** Dies during a tracker's transition, as soon as `died` resolves: requests that are already sent go on, and their answers are lost. */
export function killDuringTransition(died: () => Promise<void>): (tracker: IssueTracker) => IssueTracker {
  const orDie = <T>(move: Promise<T>): Promise<T> =>
    Promise.race([
      move,
      died().then((): never => {
        throw new Killed('during a transition');
      }),
    ]);
  return (tracker) => ({
    ...tracker,
    close: (issue, target) => orDie(tracker.close(issue, target)),
    reopen: (issue, target) => orDie(tracker.reopen(issue, target)),
  });
}

/** Dies at the first commit that `isIt` recognises, before it is written or after. */
export function killAtCommit(store: Store, isIt: (writes: readonly Write[]) => boolean, when: 'before' | 'after'): Store {
  let dead = false;
  return {
    ...store,
    async commit(writes) {
      const dies = !dead && isIt(writes);
      if (dies) dead = true;
      if (dies && when === 'before') throw new Killed('before a commit');
      const result = await store.commit(writes);
      if (dies) throw new Killed('after a commit');
      return result;
    },
  };
}

/** A store whose process can be told to die at one of its next commits. After that, no call of the process reaches the store. */
export interface MortalStore {
  readonly store: Store;
  /** @param commits until it dies, from 1 @param when whether the last of them is written */
  dieAt(commits: number, when: 'before' | 'after'): void;
  isDead(): boolean;
}

export function mortal(store: Store): MortalStore {
  let left = Infinity;
  let isWritten = false;
  const alive = <T>(call: () => Promise<T>): Promise<T> => (left > 0 ? call() : Promise.reject(new Killed('earlier')));
  return {
    store: {
      ...store,
      identity: () => alive(() => store.identity()),
      now: () => alive(() => store.now()),
      read: (from, ids) => alive(() => store.read(from, ids)),
      page: (from, query) => alive(() => store.page(from, query)),
      due: (from, until, limit) => alive(() => store.due(from, until, limit)),
      commit: (writes) =>
        alive(async () => {
          left -= 1;
          if (left === 0 && !isWritten) throw new Killed('before a commit');
          const result = await store.commit(writes);
          if (left <= 0) throw new Killed('at a commit');
          return result;
        }),
    },
    dieAt(commits, when) {
      left = commits;
      isWritten = when === 'after';
    },
    isDead: () => left <= 0,
  };
}

/** A queue whose process dies when it asks for a pass: the store is written, the request is lost. */
export function killAtAsk(queue: ReconcileQueue): ReconcileQueue {
  return { ...queue, ask: () => Promise.reject(new Killed('before the ask')) };
}
