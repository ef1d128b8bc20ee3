import { createHash } from 'node:crypto';
import type { AcceptFinding } from '../pipeline/accept/accept-finding.ts';
import type { Clock } from '../pipeline/ports/clock.ts';
import { type Emit, failureEvent } from '../pipeline/ports/service-event.ts';
import type { KeepUnreadable } from '../pipeline/accept/keep-unreadable.ts';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import type { Ignored, MessagePart, Unreadable } from './message-part.ts';
import { readMessage } from './read-message.ts';
import type { SqsMessage, SqsQueue } from './sqs-queue.ts';

/** The loops that receive messages. A message is deleted only after its content is safe in the store. */
export interface Intake {
  start(): void;
  /** Stops receiving, and resolves when every received message has been handled. */
  stop(): Promise<void>;
}

export interface IntakeDeps {
  readonly queues: readonly SqsQueue[];
  /** Long polls per queue at the same time. */
  readonly loopsPerQueue: number;
  readonly accept: AcceptFinding;
  readonly keepUnreadable: KeepUnreadable;
  /** Resolves when the store can be written; rejects when it can't. Nothing is received while it rejects. */
  readonly storeReady: () => Promise<void>;
  readonly allowedAccounts: ReadonlySet<string> | null;
  readonly clock: Clock;
  readonly emit: Emit;
  /** 0 to 1, for spreading retries. */
  readonly random: () => number;
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
const DELETE_TRIES = 5;

export function createIntake(deps: IntakeDeps): Intake {
  const { queues, clock, emit } = deps;
  const stopping = new AbortController();
  const redriving = new Map<string, boolean>();
  let loops: Promise<void>[] = [];

  async function loop(queue: SqsQueue): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const ok = await receiveOnce(queue, failures);
      failures = ok ? 0 : failures + 1;
    }
  }

  /** @returns false when nothing could be received */
  async function receiveOnce(queue: SqsQueue, failures: number): Promise<boolean> {
    try {
      await deps.storeReady();
      const messages = await queue.receive(stopping.signal);
      const done = await Promise.all(messages.map((message) => take(queue, message)));
      await removeAll(
        queue,
        done.flatMap((handle) => handle ?? []),
      );
      return true;
    } catch (error) {
      if (stopping.signal.aborted) return true;
      const retryInMs = Math.round(Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + deps.random()));
      if (error instanceof StoreUnavailable) emit({ what: 'store-unavailable', doing: 'intake', message: error.message });
      else emit({ what: 'sqs-failed', doing: 'receive', message: messageOf(error), retryInMs });
      await waitOrStop(retryInMs);
      return false;
    }
  }

  /** @returns the receipt handle when the message may be deleted: when every part of it is safe */
  async function take(queue: SqsQueue, { body, receiptHandle, sentAt }: SqsMessage): Promise<string | null> {
    const isSafe = await succeeds(async () => {
      // Where our clock is behind, what SQS has got already is not in the future.
      const parts = readMessage(body, Math.max(clock.now(), sentAt ?? 0), deps.allowedAccounts);
      // Each by itself: a part that fails does not stop the others.
      const safe = await Promise.all(parts.map((part) => succeeds(() => takePart(queue, part))));
      return safe.every(Boolean);
    });
    return isSafe ? receiptHandle : null;
  }

  /** @returns false when it failed: the message stays in SQS and comes back after its visibility timeout */
  async function succeeds(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      emit(failureEvent('intake', error));
      return false;
    }
  }

  /** @returns whether the part was handled */
  async function takePart(queue: SqsQueue, part: MessagePart): Promise<boolean> {
    if (part.kind === 'unreadable') return keep(queue, part);
    if (part.kind === 'finding') await deps.accept(part.finding);
    else emitIgnored(part);
    return true;
  }

  function emitIgnored(part: Ignored): void {
    const { because } = part;
    if (because === 'subscription-confirmation') emit({ what: 'subscription-unconfirmed', because, topicArn: part.topicArn });
    else if (because === 'unsubscribe-confirmation') emit({ what: 'subscription-removed', because, topicArn: part.topicArn });
    else emit({ what: 'message-ignored', because });
  }

  /**
   * Keeps the part. Its message is left to the queue's redrive policy; without one it would come back forever, which it only may while there is
   * no room to keep it. @returns whether it may be deleted
   */
  async function keep(queue: SqsQueue, { because, path, message, body }: Unreadable): Promise<boolean> {
    const hash = createHash('sha256').update(body).digest('hex');
    const bytes = Buffer.byteLength(body);
    const redriven = redrives(queue);
    // Where the queue does not say, the message may have no other place.
    const onlyCopy = await redriven.then(
      (has) => !has,
      () => true,
    );
    const { kept } = await deps.keepUnreadable({ hash, body, because, path, message, queueUrl: queue.url, onlyCopy });
    emit({ what: 'message-unreadable', because, path, hash, bytes });
    if (!kept) emit({ what: 'unreadable-left-in-queue', hash, bytes, queueUrl: queue.url });
    return kept && !(await redriven);
  }

  /** Asked once per queue: a flood of unreadable messages must not cause a flood of requests. */
  async function redrives(queue: SqsQueue): Promise<boolean> {
    const known = redriving.get(queue.url) ?? (await queue.attributes()).redrives;
    redriving.set(queue.url, known);
    return known;
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
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown error';
}
