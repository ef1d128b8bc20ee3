import { createHash } from 'node:crypto';
import type { Finding } from '../findings/finding.ts';
import type { AcceptBatch } from '../pipeline/accept/accept-batch.ts';
import type { KeepUnreadable } from '../pipeline/accept/keep-unreadable.ts';
import type { Clock } from '../pipeline/ports/clock.ts';
import { failureEvent, type Emit } from '../pipeline/ports/service-event.ts';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import type { Ignored, MessagePart, Unreadable } from './message-part.ts';
import { readMessage } from './read-message.ts';
import type { SqsMessage, SqsQueue } from './sqs-queue.ts';

export interface TakeMessagesDeps {
  readonly acceptBatch: AcceptBatch;
  readonly keepUnreadable: KeepUnreadable;
  /** Gets each failure of the store, or of a part that shares its fate. */
  readonly storeFailed: (error: StoreUnavailable) => void;
  readonly allowedAccounts: ReadonlySet<string> | null;
  readonly clock: Clock;
  readonly emit: Emit;
}

/**
 * What becomes of a message. `safe`: every part is in the store, so it may be deleted. `left`: it is left to the redrive policy of the queue,
 * since a part can't be read or handling it failed. `held`: the store does not take it now, which is no fault of the message.
 */
export type Taken = 'safe' | 'left' | 'held';

/** @param received together @returns what becomes of each, in their order */
export type TakeMessages = (queue: SqsQueue, received: readonly Received[]) => Promise<readonly Taken[]>;

type Received = Pick<SqsMessage, 'body' | 'sentAt'>;

/** The worst part decides; any other part may be taken again without harm. */
const WORST_FIRST: readonly Taken[] = ['held', 'left', 'safe'];

/** Reads messages and hands their parts on, the findings of all of them together. Never throws. */
export function createTakeMessages(deps: TakeMessagesDeps): TakeMessages {
  const { acceptBatch, keepUnreadable, storeFailed, allowedAccounts, clock, emit } = deps;
  const redriving = new Map<string, boolean>();

  function failed(error: unknown): Taken {
    emit(failureEvent('intake', error));
    if (!(error instanceof StoreUnavailable)) return 'left';
    storeFailed(error);
    return 'held';
  }

  /** @returns null when that failed */
  function partsOf({ body, sentAt }: Received): readonly MessagePart[] | null {
    try {
      // Where our clock is behind, what SQS has got already is not in the future.
      return readMessage(body, Math.max(clock.now(), sentAt ?? 0), allowedAccounts);
    } catch (error) {
      emit(failureEvent('intake', error));
      return null;
    }
  }

  async function takeFindings(findings: readonly Finding[]): Promise<ReadonlyMap<Finding, Taken>> {
    const accepted = findings.length === 0 ? [] : await acceptBatch(findings);
    return new Map(
      findings.flatMap((finding, at): [Finding, Taken][] => {
        const one = accepted[at];
        return one === undefined ? [] : [[finding, one.status === 'fulfilled' ? 'safe' : failed(one.reason)]];
      }),
    );
  }

  async function takeOther(queue: SqsQueue, part: Ignored | Unreadable): Promise<Taken> {
    if (part.kind === 'unreadable') return keep(queue, part);
    emitIgnored(part);
    return 'safe';
  }

  function emitIgnored(part: Ignored): void {
    const { because } = part;
    if (because === 'subscription-confirmation') emit({ what: 'subscription-unconfirmed', because, topicArn: part.topicArn });
    else if (because === 'unsubscribe-confirmation') emit({ what: 'subscription-removed', because, topicArn: part.topicArn });
    else emit({ what: 'message-ignored', because });
  }

  /**
   * Keeps the part. Its message is left to the queue's redrive policy; without one it would come back forever, which it only may while there is
   * no room to keep it.
   */
  async function keep(queue: SqsQueue, { because, path, message, body }: Unreadable): Promise<Taken> {
    const hash = createHash('sha256').update(body).digest('hex');
    const bytes = Buffer.byteLength(body);
    const redriven = redrives(queue);
    // Where the queue does not say, the message may have no other place.
    const onlyCopy = await redriven.then(
      (has) => !has,
      () => true,
    );
    const { kept } = await keepUnreadable({ hash, body, because, path, message, queueUrl: queue.url, onlyCopy });
    emit({ what: 'message-unreadable', because, path, hash, bytes });
    if (!kept) emit({ what: 'unreadable-left-in-queue', hash, bytes, queueUrl: queue.url });
    return kept && !(await redriven) ? 'safe' : 'left';
  }

  /** Asked once per queue: a flood of unreadable messages must not cause a flood of requests. */
  async function redrives(queue: SqsQueue): Promise<boolean> {
    const known = redriving.get(queue.url) ?? (await queue.attributes()).redrives;
    redriving.set(queue.url, known);
    return known;
  }

  return async (queue, received) => {
    const read = received.map(partsOf);
    const findings = takeFindings(
      read.flatMap((parts) => (parts ?? []).flatMap((part) => (part.kind === 'finding' ? [part.finding] : []))),
    );
    return Promise.all(
      read.map(async (parts) => {
        if (parts === null) return 'left';
        // Each by itself: a part that fails does not stop the others.
        const taken = await Promise.all(
          parts.map(async (part) =>
            part.kind === 'finding' ? ((await findings).get(part.finding) ?? 'left') : takeOther(queue, part).catch(failed),
          ),
        );
        return WORST_FIRST.find((one) => taken.includes(one)) ?? 'safe';
      }),
    );
  };
}
