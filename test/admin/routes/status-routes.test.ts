import { describe, expect, test } from 'vitest';
import { STATES } from '../../../src/admin/routes/mapping.ts';
import type { MappingState } from '../../../src/issues/mapping-state.ts';
import { createKeepUnreadable } from '../../../src/pipeline/accept/keep-unreadable.ts';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { bearer, startAdmin, TOKENS } from '../../support/admin/admin-server.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

function inState(id: string, state: MappingState) {
  return findingRecord({ detail: { id } }, { mapping: { state, because: 'any', projectKey: null, issue: null, error: null } });
}

describe('the status', () => {
  test('counts every state and describes the service', async () => {
    const admin = await startAdmin([inState('a', 'open'), inState('b', 'open'), inState('c', 'failed')]);
    const answer = await admin.app.inject({ url: '/api/v1/status', headers: bearer(TOKENS.viewer) });
    await admin.close();
    expect(answer.json()).toEqual({
      version: '1.2.3',
      startedAt: '1970-01-01T00:00:00.000Z',
      mode: 'live',
      wouldOpen: {},
      accounts: { known: 0, listedAt: null, problem: null, uncovered: { count: 0, first: [] } },
      limits: [
        { kind: 'backlog', perHour: 50, openedLastHour: 0, held: 0, roomAt: null },
        { kind: 'live', perHour: 200, openedLastHour: 0, held: 0, roomAt: null },
      ],
      mappings: { ...Object.fromEntries(STATES.map((state) => [state, 0])), open: 2, failed: 1 },
      issues: { open: 0, closed: 0, deleted: 0 },
      failures: 0,
      deadLetters: 0,
      deadLettersDropped: 0,
      pauses: [],
      queueDepth: 3,
      lagMs: 0,
      lastSweep: null,
      lastFindingsSweep: null,
      analyzers: [],
      coverage: { regions: [], warnings: [] },
      queues: [
        { url: 'http://queue/one', waiting: 7, inFlight: 1 },
        { url: 'http://queue/two', waiting: null, inFlight: null },
      ],
      details: { wanted: 0, missing: 0 },
      jira: { token: 'accepted', since: null, message: 'Jira accepts the token' },
      governor: {
        inFlight: 1,
        waiting: 2,
        callsPerSecond: { share: 5, of: 10, ceiling: null, because: 'start' },
        retryAfterWindows: [{ scope: 'endpoint', of: 'POST /issue', leftMs: 1_500 }],
      },
      store: { kind: 'embedded', durability: 'every write is on the disk', trusted: true },
    });
  });

  test('says since when Jira refuses the token', async () => {
    const own = { startedAt: 0, mode: 'live', queueDepth: 0, queues: [] } as const;
    const governor = {
      inFlight: 0,
      waiting: 0,
      callsPerSecond: { share: 0, of: 10, ceiling: null, because: 'start' },
      retryAfterWindows: [],
    } as const;
    const store = { kind: 'embedded', durability: '', trusted: true } as const;
    const access = { access: 'refused', since: 1_000, message: 'Jira does not accept the credentials' } as const;
    const admin = await startAdmin([], { status: async () => ({ ...own, governor, store, access }) });
    const answer = await admin.app.inject({ url: '/api/v1/status', headers: bearer(TOKENS.viewer) });
    await admin.close();
    expect(answer.json().jira).toEqual({ token: 'refused', since: '1970-01-01T00:00:01.000Z', message: access.message });
  });

  test('counts issues, not findings: one for a group, none for a finding that ended without one', async () => {
    const match = { source: ['aws.access-analyzer'] };
    const rules = rulesOf([{ id: 'r', match, action: 'issue', groupBy: 'resource', issue: { project: 'SEC', issueType: 'Task' } }]);
    const { ask, take } = await openAdminSite({ parts: { rules } });
    const [one, two, ended] = [
      ['one', 'shared'],
      ['two', 'shared'],
      ['ended', 'other'],
    ] as const;
    const event = ([id, bucket]: readonly [string, string], minute: number, status: 'ACTIVE' | 'RESOLVED') =>
      externalEvent({
        time: `2026-03-01T10:0${minute}:00Z`,
        detail: { id, status, resource: `arn:aws:s3:::${bucket}`, updatedAt: `2026-03-01T10:0${minute}:00Z` },
      });
    await take(event(one, 1, 'ACTIVE'));
    await take(event(two, 1, 'ACTIVE'));
    expect((await ask('GET', '/api/v1/status')).body).toMatchObject({ issues: { open: 1, closed: 0 }, mappings: { open: 2 } });
    await take(event(one, 2, 'RESOLVED'));
    await take(event(two, 2, 'RESOLVED'));
    await take(event(ended, 1, 'RESOLVED'));
    expect((await ask('GET', '/api/v1/status')).body).toMatchObject({ issues: { open: 0, closed: 1 }, mappings: { closed: 3 } });
  });

  test('tells of failures, dead letters, pauses, the last sweep, and how late the latest look is', async () => {
    const opened = await openAdminSite();
    const { site, parts, ask, take } = opened;
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 400, body: { errorMessages: ['no'] } });
    const group = await take(externalEvent());
    await parts.pauses.set('project:PLAT', 'anna', 'a deploy');
    const unreadable = { body: '', because: 'not-json', path: '', message: '', queueUrl: '', onlyCopy: false };
    const bounds = { messages: 1, bytes: 10_000 };
    const keep = createKeepUnreadable({ store: site.store, emit: () => undefined, bounds });
    for (const hash of ['dropped', 'kept']) await keep({ hash, ...unreadable });
    await parts.sweep.run();
    expect((await ask('GET', '/api/v1/status')).body).toMatchObject({
      failures: 1,
      deadLetters: 1,
      deadLettersDropped: 1,
      pauses: ['project:PLAT'],
      lagMs: 0,
      lastSweep: { at: expect.any(String), found: 0, restored: 0, duplicatesClosed: 0 },
    });
    const until = (await parts.group(group))?.requeueAt?.time ?? 0;
    site.clock.forward(until - site.clock.now() + 60_000);
    const { lagMs } = (await ask('GET', '/api/v1/status')).body;
    expect(lagMs).toBeGreaterThanOrEqual(60_000);
    expect(lagMs).toBeLessThan(120_000);
  });
});
