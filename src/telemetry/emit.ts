import type { Logger } from 'pino';
import type { ServiceEvent, Emit } from '../pipeline/ports/service-event.ts';
import { SERVICE_EVENT_MESSAGES, type ServiceEventName, type ServiceEvents, type Words } from './service-event-messages.ts';
import type { Metrics } from './metrics.ts';

/** Logs and counts every service event. A failure to do so never fails the work itself. */
export function createEmit(logger: Logger, metrics: Metrics): Emit {
  function emitterOf<W extends ServiceEventName>(what: W, event: ServiceEvents[W]): void {
    const words: Words<W> = SERVICE_EVENT_MESSAGES[what];
    words.count(metrics, event);
    const level = typeof words.level === 'function' ? words.level(event) : words.level;
    logger[level](dataOf(event), words.sentence);
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
