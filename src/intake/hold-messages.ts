import type { Clock } from '../pipeline/ports/clock.ts';
import type { SqsMessage, SqsQueue } from './sqs-queue.ts';

/** Keeps received messages from others while they can't be accepted. Each receive counts towards the dead-letter queue, so none is wasted. */
export interface MessageHold {
  /** Prolongs their visibility when that is due. @returns those that SQS still leaves to us; the others come back by themselves */
  prolong(messages: readonly SqsMessage[]): Promise<readonly SqsMessage[]>;
  /** Lets others receive them at once. */
  giveBack(messages: readonly SqsMessage[]): Promise<void>;
}

/** For how long a held message is hidden, seconds: longer than all calls to a store that does not answer take. */
const HOLD_SECONDS = 60;

/** From one prolonging to the next, ms. */
export const PROLONG_EVERY_MS = 15_000;

/** @param onResult gets the error of each call that failed, null after one that worked */
export function holdMessages(queue: SqsQueue, clock: Clock, onResult: (error: unknown) => void): MessageHold {
  let prolongedAt = Number.NEGATIVE_INFINITY;

  async function changed(messages: readonly SqsMessage[], seconds: number): Promise<readonly SqsMessage[]> {
    try {
      const lost = await queue.changeVisibility(
        messages.map(({ receiptHandle }) => receiptHandle),
        seconds,
      );
      onResult(null);
      return messages.filter(({ receiptHandle }) => !lost.includes(receiptHandle));
    } catch (error) {
      onResult(error);
      return messages;
    }
  }

  return {
    async prolong(messages) {
      if (messages.length === 0 || clock.monotonic() - prolongedAt < PROLONG_EVERY_MS) return messages;
      prolongedAt = clock.monotonic();
      return changed(messages, HOLD_SECONDS);
    },
    async giveBack(messages) {
      if (messages.length > 0) await changed(messages, 0);
    },
  };
}
