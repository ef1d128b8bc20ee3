import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RateGovernor } from '../../../src/jira/rate/rate-governor.ts';
import type { PermitKind } from '../../../src/pipeline/ports/issue-tracker.ts';
import { ask, governor, pass } from '../../support/jira/rate-governor.ts';

// Time passes only when a test advances it.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('steps under way go on first, then creates and transitions in order of arrival, then reads, then updates', async () => {
  const from = governor(4, 100);
  const done: string[] = [];
  ask(from, 'create');
  ask(from, 'update', done);
  ask(from, 'read', done);
  ask(from, 'transition', done);
  ask(from, 'create', done);
  void from.another().then(() => done.push('another'));
  await pass(1_500);
  expect(done).toEqual(['another', 'transition', 'create', 'read', 'update']);
});

/** Asks for one permit after the other, and waits after a denial as long as it says. */
async function keepAsking(from: RateGovernor, kind: PermitKind, forMs: number, had: () => void): Promise<void> {
  for (;;) {
    const permit = await from.permit(kind);
    if (permit.granted) had();
    await new Promise((resolve) => setTimeout(resolve, permit.granted ? forMs : permit.afterMs));
    if (permit.granted) permit.release();
  }
}

test.each([
  ['creates', 'create'],
  ['transitions', 'transition'],
] as const)('with %s that never stop waiting, reads and updates get one permit in ten each', async (_, kind) => {
  const from = governor(10, 8);
  const had = { create: 0, transition: 0, read: 0, update: 0 };
  for (let n = 0; n < 15; n += 1) void keepAsking(from, kind, 840, () => (had[kind] += 1));
  for (const spare of ['read', 'update'] as const) void keepAsking(from, spare, 0, () => (had[spare] += 1));
  await pass(300_000);
  const all = had.create + had.transition + had.read + had.update;
  expect(all).toBeGreaterThanOrEqual(300 * 10 * 0.93);
  expect(had[kind]).toBeGreaterThanOrEqual(all * 0.78);
  expect(had.read).toBeGreaterThanOrEqual(all * 0.09);
  expect(had.update).toBeGreaterThanOrEqual(all * 0.09);
});

test('a kind that was passed over for long is next, after steps under way', async () => {
  const from = governor(2, 100);
  for (let n = 0; n < 12; n += 1) {
    ask(from, 'create');
    await pass(530);
  }
  ask(from, 'create');
  const done: string[] = [];
  for (const kind of ['create', 'read', 'read'] as const) ask(from, kind, done);
  void from.another().then(() => done.push('another'));
  await pass(1_700);
  expect(done).toEqual(['another', 'read', 'create']);
});
