import { failureEvent } from '../pipeline/ports/service-event.ts';
import { holdMessages, PROLONG_EVERY_MS } from './hold-messages.ts';
import { messageOf, sqsRefusal, type SqsRefusal } from './sqs-refusal.ts';
import { LONG_POLL_SECONDS, type SqsMessage, type SqsQueue } from './sqs-queue.ts';
import { createTakeMessages, type Taken, type TakeMessagesDeps } from './take-messages.ts';

/** The loops that receive messages. A message is deleted only after its content is safe in the store. */
export interface Intake {
  start(): void;
  /** Stops receiving, and resolves when every received message has been handled or given back. */
  stop(): Promise<void>;
  /** Messages in hand that wait for the store. */
  held(): number;
  /** Why the last receive from a queue failed; null: it did not, or none has ended yet. */
  receiveProblem(url: string): SqsRefusal | null;
}

export interface IntakeDeps extends TakeMessagesDeps {
  readonly queues: readonly SqsQueue[];
  /** Long polls per queue at the same time. */
  readonly loopsPerQueue: number;
  /** Resolves when the store can be written; rejects when it can't. Nothing is received while it rejects. */
  readonly storeReady: () => Promise<void>;
  /** 0 to 1, for spreading retries. */
  readonly random: () => number;
}

const FIRST_RETRY_MS = 500;
/** The longest wait for SQS. */
const MAX_RETRY_MS = 10_000;
/** The longest wait for the store. Asking is cheap: while it is known to fail, no question reaches it. */
const MAX_STORE_RETRY_MS = 1_000;
const DELETE_TRIES = 5;

export function createIntake(deps: IntakeDeps): Intake {
  const { queues, clock, emit } = deps;
  const take = createTakeMessages(deps);
  const stopping = new AbortController();
  const receiveProblems = new Map<string, SqsRefusal>();
  const unprolonged = new Set<string>();
  let held = 0;
  let loops: Promise<void>[] = [];

  async function loop(queue: SqsQueue): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      await storeIsReady();
      const messages = stopping.signal.aborted ? [] : await receive(queue, failures);
      failures = messages === null ? failures + 1 : 0;
      await handleAll(queue, messages ?? []);
    }
  }

  /** Resolves when the store can be written, or the service stops. */
  async function storeIsReady(meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures += 1) {
      try {
        return await deps.storeReady();
      } catch (error) {
        // Ever more rarely: 1, 2, 4, 8, …
        if (Number.isInteger(Math.log2(failures + 1))) emit(failureEvent('intake', error));
        await waitOrStop(retryMs(failures, MAX_STORE_RETRY_MS));
        await meanwhile();
      }
    }
  }

  /** @returns null when it failed */
  async function receive(queue: SqsQueue, failures: number): Promise<readonly SqsMessage[] | null> {
    try {
      // After a failure without a long wait: whether it works again should be known at once.
      const messages = await queue.receive(stopping.signal, failures === 0 ? LONG_POLL_SECONDS : 0);
      receiveProblems.delete(queue.url);
      return messages;
    } catch (error) {
      if (stopping.signal.aborted) return [];
      receiveProblems.set(queue.url, sqsRefusal(error, 'sqs:ReceiveMessage'));
      const retryInMs = retryMs(failures, MAX_RETRY_MS);
      emit({ what: 'sqs-failed', doing: 'receive', message: messageOf(error), retryInMs });
      await waitOrStop(retryInMs);
      return null;
    }
  }

  /** Resolves when each message is safe, or left to SQS. Those that the store does not take stay in hand until it does. */
  async function handleAll(queue: SqsQueue, messages: readonly SqsMessage[]): Promise<void> {
    const hold = holdMessages(queue, clock, (error) => noteProlonged(queue, error));
    let inHand = (await handleOnce(queue, messages)).held;
    held += inHand.length;
    for (let failures = 0; inHand.length > 0 && !stopping.signal.aborted; failures += 1) {
      const before = inHand.length;
      inHand = await hold.prolong(inHand);
      await waitOrStop(retryMs(failures, MAX_STORE_RETRY_MS));
      await storeIsReady(async () => {
        inHand = await hold.prolong(inHand);
      });
      if (!stopping.signal.aborted) {
        const handled = await handleOnce(queue, inHand);
        inHand = handled.held;
        // Their visibility was prolonged for the store's sake only.
        await hold.giveBack(handled.left);
      }
      held += inHand.length - before;
    }
    held -= inHand.length;
    await hold.giveBack(inHand);
  }

  /** @returns the messages that the store did not take, and those that are left to SQS */
  async function handleOnce(queue: SqsQueue, messages: readonly SqsMessage[]): Promise<Record<'held' | 'left', readonly SqsMessage[]>> {
    const taken = await take(queue, messages);
    const all = (wanted: Taken): readonly SqsMessage[] => messages.filter((_, at) => taken[at] === wanted);
    await removeAll(
      queue,
      all('safe').map(({ receiptHandle }) => receiptHandle),
    );
    return { held: all('held'), left: all('left') };
  }

  /** A queue that does not let us prolong is reported once, until it does. */
  function noteProlonged({ url }: SqsQueue, error: unknown): void {
    if (error === null) unprolonged.delete(url);
    else if (!unprolonged.has(url)) {
      unprolonged.add(url);
      emit({ what: 'sqs-failed', doing: 'prolong', message: messageOf(error), retryInMs: PROLONG_EVERY_MS });
    }
  }

  async function removeAll(queue: SqsQueue, handles: readonly string[]): Promise<void> {
    let left = handles;
    for (let tries = 1; left.length > 0 && tries <= DELETE_TRIES; tries += 1) {
      left = await removeOnce(queue, left);
      if (left.length > 0 && tries < DELETE_TRIES) await waitOrStop(FIRST_RETRY_MS * tries);
    }
  }

  /** @returns the remaining handles. A message that can't be deleted comes back, and is then recognized as known. */
  async function removeOnce(queue: SqsQueue, handles: readonly string[]): Promise<readonly string[]> {
    try {
      return await queue.remove(handles);
    } catch (error) {
      emit({ what: 'sqs-failed', doing: 'delete', message: messageOf(error), retryInMs: FIRST_RETRY_MS });
      return handles;
    }
  }

  function retryMs(failures: number, mostMs: number): number {
    return Math.round(Math.min(mostMs, FIRST_RETRY_MS * 2 ** failures) * (0.5 + deps.random()));
  }

  function waitOrStop(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (stopping.signal.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        stopping.signal.removeEventListener('abort', done);
        resolve();
      }
      stopping.signal.addEventListener('abort', done, { once: true });
    });
  }

  return {
    start() {
      loops = queues.flatMap((queue) => Array.from({ length: deps.loopsPerQueue }, () => loop(queue)));
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
    held: () => held,
    receiveProblem: (url) => receiveProblems.get(url) ?? null,
  };
}
