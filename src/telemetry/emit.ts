import type { Logger } from 'pino';
import type { ServiceEvent, Emit } from '../pipeline/ports/service-event.ts';
import { SERVICE_EVENT_MESSAGES, type ServiceEventName, type ServiceEvents, type Words } from './service-event-messages.ts';
import type { Metrics } from './metrics.ts';
import { createRepeatedCause } from './repeated-cause.ts';

/**
 * Logs and counts every service event; one that only repeats the cause of an outage is logged at debug. A failure to do so never fails the
 * work itself.
 * @param monotonic a clock that only goes forward, ms
 */
export function createEmit(logger: Logger, metrics: Metrics, monotonic: () => number = () => performance.now()): Emit {
  const isRepeated = createRepeatedCause(monotonic);

  function emitterOf<W extends ServiceEventName>(what: W, event: ServiceEvents[W]): void {
    const words: Words<W> = SERVICE_EVENT_MESSAGES[what];
    words.count(metrics, event);
    const level = typeof words.level === 'function' ? words.level(event) : words.level;
    logger[isRepeated(event) ? 'debug' : level](dataOf(event), words.sentence);
  }

  return (event) => {
    try {
      emitterOf(event.what, event);
    } catch {
      // A log that can't be written has nowhere to say so.
    }
  };
}

/** The event's own fields. An error goes under the name that the logger's serializer knows. */
function dataOf(event: ServiceEvent): object {
  if (event.what !== 'internal-error') return event;
  const { error, ...data } = event;
  return { ...data, err: error };
}
