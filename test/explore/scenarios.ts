import type { JsonObject } from '../../src/findings/json.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import type { Faults } from './world.ts';

/** The life of one finding, event by event. An event may arrive at any moment after the one before it. */
export interface Scenario {
  readonly name: string;
  readonly events: readonly JsonObject[];
}

export const SCENARIOS = {
  opens: { name: 'a finding opens', events: [event('ACTIVE', 9)] },
  ends: { name: 'a finding opens and is resolved', events: [event('ACTIVE', 9), event('RESOLVED', 10)] },
  returns: {
    name: 'a finding opens, is resolved and is active again',
    events: [event('ACTIVE', 9), event('RESOLVED', 10), event('ACTIVE', 11)],
  },
} as const satisfies Readonly<Record<string, Scenario>>;

export const NO_FAULTS: Faults = { deaths: 0, stops: 0, lostAnswers: 0, lostCommits: 0, preemptions: 0 };

function event(status: string, hour: number): JsonObject {
  const time = `2026-03-01T${String(hour).padStart(2, '0')}:00:00Z`;
  return externalEvent({ time, detail: { status, createdAt: '2026-03-01T09:00:00Z', updatedAt: time } });
}
