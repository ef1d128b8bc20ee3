import { vi } from 'vitest';
import type { HttpAnswer } from '../../../src/jira/http/answer.ts';
import { operationOf, type Operation } from '../../../src/jira/http/operation.ts';
import { createRateGovernor, type DenialScope, type RateGovernor } from '../../../src/jira/rate/rate-governor.ts';
import type { Permit, PermitKind } from '../../../src/pipeline/ports/issue-tracker.ts';
import { systemClock } from './scripted-jira.ts';
import type { RateLease } from '../../../src/pipeline/ports/rate-lease.ts';

/** Lets fake time pass. */
export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

interface Subject extends RateGovernor {
  readonly denied: DenialScope[];
  /** Kinds of calls and for how long they waited, ms. */
  readonly waited: (readonly [string, number])[];
}

export function governor(requestsPerSecond: number | null, maxInFlight: number, lease: RateLease | null = null): Subject {
  const denied: DenialScope[] = [];
  const waited: [string, number][] = [];
  const onDenied = (scope: DenialScope): void => void denied.push(scope);
  return {
    ...createRateGovernor({
      requestsPerSecond,
      maxInFlight,
      lease: lease && (() => lease),
      clock: systemClock,
      random: () => 0.5,
      onDenied,
      onWaited: (kind, ms) => void waited.push([kind, ms]),
    }),
    denied,
    waited,
  };
}

/** @param path after `/rest/api/3/` */
export const of = (method: string, path: string): Operation => operationOf(method, `/rest/api/3/${path}`);
export const CREATE = of('POST', 'issue');
export const TRANSITION = of('POST', 'issue/10001/transitions');
export const COMMENT = of('POST', 'issue/10001/comment');
export const SEARCH = of('POST', 'search/jql');

export function answered(status: number, headers: Record<string, string> = {}): HttpAnswer {
  return { kind: 'http', status, headers, json: undefined };
}

export function refused(reason: string, seconds: number): HttpAnswer {
  return answered(429, { 'ratelimit-reason': reason, 'retry-after': String(seconds) });
}

interface Asked {
  readonly name: string;
  permit: Permit | null;
}

export function ask(from: RateGovernor, kind: PermitKind, done: string[] = [], about?: string): Asked {
  const asked: Asked = { name: kind, permit: null };
  void from.permit(kind, about).then((permit) => {
    asked.permit = permit;
    done.push(kind);
  });
  return asked;
}

export function release({ permit }: Asked): void {
  if (permit?.granted !== true) throw new Error('there is no permit to release');
  permit.release();
}
