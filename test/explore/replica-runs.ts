import { hash } from 'node:crypto';
import type { Ask, Reply, Request } from './request.ts';

/**
 * A run of a replica, stopped at its next request. Real code that runs can't be copied, but it is deterministic: what it asks next follows from
 * the answers so far. So a run stands for its answers; it is kept for every schedule that leads to the same ones, and played again where two
 * schedules go on from it differently.
 */
export interface Run {
  /** The same for the same answers. */
  readonly id: number;
  readonly owner: string;
  /** Null: the run has ended. */
  readonly request: Request | null;
  /** The error that it ended with, which no part foresaw. */
  readonly problem: string | null;
}

/** Runs of replicas. Times are what the process's clocks say from then on; epoch ms. */
export interface ReplicaRuns {
  begin(owner: string, now: number): Promise<Run>;
  /** @param reply to its request */
  goOn(run: Run, reply: Reply, now: number): Promise<Run>;
}

/** The code of a replica, as it is at work. */
interface AtWork {
  now: number;
  readonly asked: { readonly request: Request; readonly answer: (reply: Reply) => void }[];
  ended: { readonly problem: string | null } | null;
  wake: () => void;
}

interface Node extends Run {
  readonly from: { readonly node: Node; readonly reply: Reply } | null;
  readonly now: number;
  readonly next: Map<string, Node>;
  /** Null: it has gone on from here already. */
  atWork: AtWork | null;
}

/** @param work what a replica does in one run; it may ask through `ask` only, and knows the time by `now` only */
export function createReplicaRuns(work: (ask: Ask, now: () => number, owner: string) => Promise<void>): ReplicaRuns {
  const nodes: Node[] = [];
  const begun = new Map<string, Node>();

  async function launch(owner: string, now: number): Promise<AtWork> {
    const atWork: AtWork = { now, asked: [], ended: null, wake: () => undefined };
    const ask: Ask = (request) =>
      new Promise((answer) => {
        atWork.asked.push({ request, answer });
        atWork.wake();
      });
    const end = (problem: string | null): void => {
      atWork.ended = { problem };
      atWork.wake();
    };
    void work(ask, () => atWork.now, owner).then(
      () => end(null),
      (error: unknown) => end(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
    await nextRequest(atWork);
    return atWork;
  }

  async function answer(atWork: AtWork, reply: Reply, now: number): Promise<void> {
    atWork.now = now;
    atWork.asked.shift()?.answer(reply);
    await nextRequest(atWork);
  }

  function note(owner: string, from: Node['from'], now: number, atWork: AtWork): Node {
    const request = atWork.asked[0]?.request ?? null;
    const problem = atWork.ended?.problem ?? null;
    const node: Node = { id: nodes.length, owner, from, now, request, problem, next: new Map(), atWork };
    nodes.push(node);
    return node;
  }

  /** Plays a run again, up to where it was. */
  async function replayed(node: Node): Promise<AtWork> {
    if (node.from === null) return launch(node.owner, node.now);
    const atWork = await replayed(node.from.node);
    await answer(atWork, node.from.reply, node.now);
    if (JSON.stringify(atWork.asked[0]?.request) !== JSON.stringify(node.request ?? undefined))
      throw new Error('A replica asks something else when it is played again: its code is not deterministic');
    return atWork;
  }

  return {
    async begin(owner, now) {
      const key = `${owner} ${now}`;
      const known = begun.get(key);
      if (known !== undefined) return known;
      const node = note(owner, null, now, await launch(owner, now));
      begun.set(key, node);
      return node;
    },
    async goOn({ id }, reply, now) {
      const node = nodes[id];
      if (node === undefined) throw new Error('No such run');
      const key = hash('sha1', `${now} ${JSON.stringify(reply)}`);
      const known = node.next.get(key);
      if (known !== undefined) return known;
      const atWork = node.atWork ?? (await replayed(node));
      node.atWork = null;
      await answer(atWork, reply, now);
      const next = note(node.owner, { node, reply }, now, atWork);
      node.next.set(key, next);
      return next;
    },
  };
}

/** Waits until the code asks something or ends. All else that it waits for is its own. */
async function nextRequest(atWork: AtWork): Promise<void> {
  while (atWork.asked.length === 0 && atWork.ended === null)
    await new Promise<void>((resolve) => {
      atWork.wake = resolve;
    });
}
