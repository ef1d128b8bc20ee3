import type { Logger } from 'pino';
import type { Happening, Tell } from '../pipeline/ports/happening.ts';
import { HAPPENING_WORDS, type HappeningName, type Happenings, type Words } from './happening-words.ts';
import type { Metrics } from './metrics.ts';

/** Makes a log line and a count of every happening. What is told never fails for the sake of telling it. */
export function createTell(logger: Logger, metrics: Metrics): Tell {
  function tellOf<W extends HappeningName>(what: W, happening: Happenings[W]): void {
    const words: Words<W> = HAPPENING_WORDS[what];
    words.count(metrics, happening);
    const level = typeof words.level === 'function' ? words.level(happening) : words.level;
    logger[level](dataOf(happening), words.sentence);
  }

  return (happening) => {
    try {
      tellOf(happening.what, happening);
    } catch {
      // A log that can't be written has nowhere to say so.
    }
  };
}

/** The happening's own fields. An error goes under the name that the logger describes errors by. */
function dataOf(happening: Happening): object {
  if (happening.what !== 'internal-error') return happening;
  const { error, ...data } = happening;
  return { ...data, err: error };
}
