import type { JsonObject } from '../../../src/findings/json.ts';
import { seededRandom } from '../../../src/sandbox/samples/seeded-random.ts';
import { externalEvent } from './finding-events.ts';

/** The n-th finding of a test, at a minute of its life. */
export function numberedEvent(n: number, minute: number, status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED' = 'ACTIVE'): JsonObject {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  return externalEvent({ time: updatedAt, detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, status, updatedAt } });
}

/** All events, each `times` times, shuffled the same way for the same seed. */
export function shuffled(events: readonly JsonObject[], times: number, seed = 1): JsonObject[] {
  const random = seededRandom(seed);
  const all = Array.from({ length: times }, () => events).flat();
  return all
    .map((event) => ({ event, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ event }) => event);
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
