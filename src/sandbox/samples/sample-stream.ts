import { sampleFindings } from './sample-findings.ts';
import { resolved, type SampleEvent } from './sample-event.ts';

export interface SampleStreamOptions {
  /** Sends one message body. */
  readonly send: (body: string) => Promise<void>;
  /** Called with every event before it is sent. */
  readonly happens: (event: SampleEvent) => void;
  /** Called with one line about every event, and a last line at the end. */
  readonly say: (line: string) => void;
  readonly count?: number;
  readonly seed?: number;
  /** Ms from one finding to the next. */
  readonly everyMs?: number;
  /** Ms from a finding to its resolution, for every third one. */
  readonly resolvedAfterMs?: number;
}

export interface SampleStream {
  /** Fulfilled when everything is sent or it was stopped; never rejected. */
  readonly done: Promise<void>;
  stop(): void;
}

const EVERY_THIRD = 3;

/** Sends sample findings at their times, resolves a third of them later, then stays idle. An event that can't be sent is reported and skipped. */
export function startSampleStream(options: SampleStreamOptions): SampleStream {
  const { count = 24, seed = 7, everyMs = 1_000, resolvedAfterMs = 8_000 } = options;
  const startMs = Date.now();
  const planned = sampleFindings({ count, seed, startMs, everyMs }).flatMap((event, position) => {
    const atMs = startMs + position * everyMs;
    const later = atMs + resolvedAfterMs;
    const found = { atMs, event };
    return position % EVERY_THIRD === EVERY_THIRD - 1 ? [found, { atMs: later, event: resolved(event, later) }] : [found];
  });
  planned.sort((a, b) => a.atMs - b.atMs);

  let timer: NodeJS.Timeout | undefined;
  let finish = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const sendNext = async (): Promise<void> => {
    const next = planned.shift();
    if (next === undefined) return;
    options.happens(next.event);
    await options.send(JSON.stringify(next.event)).then(
      () => options.say(lineOf(next.event)),
      () => options.say(`could not be sent: ${lineOf(next.event)}`),
    );
    plan();
  };
  const plan = (): void => {
    const [next] = planned;
    if (next !== undefined) {
      timer = setTimeout(() => void sendNext(), Math.max(0, next.atMs - Date.now()));
      return;
    }
    options.say('all sample findings are sent');
    finish();
  };
  plan();

  return {
    done,
    stop() {
      planned.length = 0;
      clearTimeout(timer);
      finish();
    },
  };
}

function lineOf({ detail }: SampleEvent): string {
  return `${detail.status} ${detail.resourceType} ${detail.resource}`;
}
