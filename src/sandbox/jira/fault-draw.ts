import type { Faults, ScriptedFault } from './faults.ts';
import type { Random } from '../samples/seeded-random.ts';

/** The fault of one request. */
export interface Mishap {
  readonly fault: ScriptedFault['fault'];
  /** True: the request is carried out first. */
  readonly afterCommit: boolean;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Decides for every request whether it gets a fault, and which. */
export interface FaultDraw {
  /** @param operation such as `POST /issue` */
  draw(operation: string): Mishap | null;
}

const PLAIN = { fault: 'status', afterCommit: false, status: 500, headers: {}, body: '' } as const;
const CUT_BEFORE: Mishap = { ...PLAIN, fault: 'reset-before' };
const CUT_AFTER: Mishap = { ...PLAIN, fault: 'lost-after-commit', afterCommit: true };
const UNAVAILABLE: Mishap = {
  ...PLAIN,
  status: 503,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Service Unavailable</body></html>',
};
const TOO_MANY: Mishap = {
  ...PLAIN,
  status: 429,
  headers: { 'retry-after': '1', 'ratelimit-reason': 'jira-burst-based', 'x-ratelimit-remaining': '0' },
  body: { errorMessages: ['Rate limit exceeded.'], errors: {} },
};

/**
 * @param faults read anew for every request
 * @param now epoch ms
 */
export function createFaultDraw(faults: Faults, random: Random, now: () => number): FaultDraw {
  let recent: number[] = [];

  const overLimit = (): boolean => {
    const limit = faults.requestsPerSecond;
    if (limit === null) return false;
    const time = now();
    recent = recent.filter((at) => at > time - 1_000);
    if (recent.length >= limit) return true;
    recent.push(time);
    return false;
  };
  const happens = (rate: number): boolean => rate > 0 && random() < rate;

  return {
    draw(operation) {
      const scripted = faults.next.findIndex(({ on }) => on === operation);
      if (scripted !== -1) return faults.next.splice(scripted, 1).map(mishapOf)[0] ?? null;
      if (happens(faults.resetBeforeRate)) return CUT_BEFORE;
      if (overLimit() || happens(faults.rateLimitRate)) return TOO_MANY;
      if (happens(faults.unavailableBeforeRate)) return UNAVAILABLE;
      if (happens(faults.loseAnswerRate)) return CUT_AFTER;
      if (happens(faults.unavailableAfterRate)) return { ...UNAVAILABLE, afterCommit: true };
      return null;
    },
  };
}

function mishapOf({ fault, status, headers, body, afterCommit }: ScriptedFault): Mishap {
  const always = fault === 'lost-after-commit' || fault === 'truncated201';
  return { fault, afterCommit: always || (afterCommit ?? false), status: status ?? 500, headers: headers ?? {}, body: body ?? '' };
}
