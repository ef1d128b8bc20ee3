import type { Finding } from '../../findings/finding.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import { UNREADABLE } from '../records/unreadable-collections.ts';
import type { DeadLetterQueue, DeadLetters, MovedBack } from '../ports/dead-letter-queue.ts';
import { eachPage } from '../operations/each-page.ts';
import { OperationEnded, type Run, type RunOperation } from '../operations/run-operation.ts';
import { put, StoreUnavailable, type Store } from '../ports/store.ts';

/** Reads a kept message again, as intake reads it: it has one part or several. */
export type ReadAgain = (body: string) => readonly ReadPart[];

type ReadPart = { readonly kind: 'finding'; readonly finding: Finding } | { readonly kind: 'ignored' } | { readonly kind: 'unreadable' };

/** The redrive of one queue's dead letters. */
export type QueueRedriven = {
  readonly queueUrl: string;
  /** Null: it has no redrive policy, or `problem` says why that is unknown. */
  readonly deadLetterQueueUrl: string | null;
  readonly by: MovedBack['by'] | null;
  readonly moved: number;
  /** Why not all were moved; null: nothing went wrong. */
  readonly problem: string | null;
};

/** The result of a redrive. `read`: kept messages that could be read now; `unreadable`: those that still can't be. */
export type Redriven = {
  readonly queues: readonly QueueRedriven[];
  readonly kept: { readonly read: number; readonly unreadable: number };
};

export interface RedriveDeps {
  readonly store: Store;
  readonly accept: AcceptFinding;
  readonly readAgain: ReadAgain;
  readonly deadLetterQueues: readonly DeadLetterQueue[];
}

/** What a redrive would do. */
export interface RedrivePlan {
  /** Approximate, as SQS counts. */
  readonly count: number;
  readonly kept: number;
  readonly queues: {
    readonly queueUrl: string;
    readonly deadLetterQueueUrl: string | null;
    readonly waiting: number;
    readonly problem: string | null;
  }[];
}

export async function planRedrive({ store, deadLetterQueues }: Pick<RedriveDeps, 'store' | 'deadLetterQueues'>): Promise<RedrivePlan> {
  const found = await findAll(deadLetterQueues);
  const [kept = 0] = await store.counts(UNREADABLE, ['']);
  const count = found.reduce((sum, { letters }) => sum + (letters?.waiting ?? 0), kept);
  const queues = found.map(({ queue, letters, problem }) => ({
    queueUrl: queue.queueUrl,
    deadLetterQueueUrl: letters?.url ?? null,
    waiting: letters?.waiting ?? 0,
    problem,
  }));
  return { count, kept, queues };
}

/**
 * Retries every message that could not be read: dead letters go back to their queue, and messages in the store are read again here,
 * since a queue without a redrive policy keeps none. A message in both places is the same observation twice.
 */
export function createRedrive(deps: RedriveDeps): RunOperation {
  return async (run) => {
    await run.progress({ done: 0, total: (await planRedrive(deps)).count });
    const queues: QueueRedriven[] = [];
    for (const one of await findAll(deps.deadLetterQueues)) queues.push(await moveBack(one, run, sumOf(queues)));
    return { queues, kept: await readKept(deps, run, sumOf(queues)) } satisfies Redriven;
  };
}

function sumOf(queues: readonly QueueRedriven[]): number {
  return queues.reduce((sum, { moved }) => sum + moved, 0);
}

/** A queue with its dead letters, or why they can't be found. */
interface Found {
  readonly queue: DeadLetterQueue;
  readonly letters: DeadLetters | null;
  readonly problem: string | null;
}

/** Two queues may share their dead-letter queue: its messages are moved once. */
async function findAll(queues: readonly DeadLetterQueue[]): Promise<readonly Found[]> {
  const found = await Promise.all(queues.map(find));
  return found.filter(({ letters }, index) => letters === null || found.findIndex((other) => other.letters?.arn === letters.arn) === index);
}

async function find(queue: DeadLetterQueue): Promise<Found> {
  try {
    return { queue, letters: await queue.find(), problem: null };
  } catch (error) {
    return { queue, letters: null, problem: wordsOf(error) };
  }
}

async function moveBack({ queue, letters, problem }: Found, run: Run, before: number): Promise<QueueRedriven> {
  const { queueUrl } = queue;
  if (letters === null) return { queueUrl, deadLetterQueueUrl: null, by: null, moved: 0, problem };
  const at = { moved: 0 };
  const say = async (moved: number): Promise<void> => {
    at.moved = moved;
    await run.progress({ done: before + moved });
  };
  try {
    return { queueUrl, deadLetterQueueUrl: letters.url, problem: null, ...(await queue.moveBack(letters, say)) };
  } catch (error) {
    // An error that ends the operation is not the queue's problem.
    if (error instanceof OperationEnded || error instanceof StoreUnavailable) throw error;
    return { queueUrl, deadLetterQueueUrl: letters.url, by: null, moved: at.moved, problem: wordsOf(error) };
  }
}

async function readKept({ store, accept, readAgain }: RedriveDeps, run: Run, before: number): Promise<Redriven['kept']> {
  let [read, unreadable] = [0, 0];
  for await (const { items } of eachPage(store, UNREADABLE, [])) {
    for (const { id, doc, version } of items) {
      const parts = readAgain(doc.body);
      for (const part of parts) if (part.kind === 'finding') await accept(part.finding);
      if (parts.some(({ kind }) => kind === 'unreadable')) unreadable += 1;
      else {
        // Where another delivery came meanwhile, the message stays for the next redrive.
        await store.commit([put(UNREADABLE, id, version, null)]);
        read += 1;
      }
      await run.progress({ done: before + read + unreadable });
    }
  }
  return { read, unreadable };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown error';
}
