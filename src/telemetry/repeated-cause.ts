import type { ServiceEvent } from '../pipeline/ports/service-event.ts';

/** A cause that goes on is logged again after this long, ms. */
const SILENT_MS = 10 * 60_000;

/** More causes than are ever at work at the same time. */
const MAX_CAUSES = 100;

/** AWS puts the id of each request into some messages. */
const REQUEST_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * Tells whether an event only repeats a cause outside the service that was reported a short while ago: every receive loop, message and pass
 * meets the same outage.
 * @param monotonic a clock that only goes forward, ms
 */
export function createRepeatedCause(monotonic: () => number): (event: ServiceEvent) => boolean {
  const reportedAt = new Map<string, number>();
  return (event) => {
    const cause = causeOf(event);
    if (cause === null) return false;
    const now = monotonic();
    const isRepeated = now - (reportedAt.get(cause) ?? -Infinity) < SILENT_MS;
    if (isRepeated) return true;
    if (reportedAt.size >= MAX_CAUSES) reportedAt.clear();
    reportedAt.set(cause, now);
    return false;
  };
}

/** Null: each event is news. */
function causeOf(event: ServiceEvent): string | null {
  switch (event.what) {
    case 'sqs-failed':
    case 'store-unavailable':
      return `${event.what} ${event.doing} ${event.message.replaceAll(REQUEST_ID, '')}`;
    case 'store-read-back-failed':
      return `${event.what} ${event.message}`;
    default:
      return null;
  }
}
