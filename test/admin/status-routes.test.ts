import { describe, expect, test } from 'vitest';
import { STATES } from '../../src/admin/mapping.ts';
import type { MappingState } from '../../src/issues/mapping-state.ts';
import { bearer, startAdmin, TOKENS } from '../support/admin-server.ts';
import { findingRecord } from '../support/finding-records.ts';

function inState(id: string, state: MappingState) {
  return findingRecord({ detail: { id } }, { mapping: { state, because: 'any', projectKey: null, issue: null, error: null } });
}

describe('the status', () => {
  test('counts every state and tells of the service', async () => {
    const admin = await startAdmin([inState('a', 'open'), inState('b', 'open'), inState('c', 'failed')]);
    const answer = await admin.app.inject({ url: '/api/v1/status', headers: bearer(TOKENS.viewer) });
    await admin.close();
    expect(answer.json()).toEqual({
      version: '1.2.3',
      startedAt: '1970-01-01T00:00:00.000Z',
      mode: 'live',
      mappings: { ...Object.fromEntries(STATES.map((state) => [state, 0])), open: 2, failed: 1 },
      queueDepth: 3,
      queues: [
        { url: 'http://queue/one', waiting: 7, inFlight: 1 },
        { url: 'http://queue/two', waiting: null, inFlight: null },
      ],
      details: { wanted: 0, missing: 0 },
      governor: {
        inFlight: 1,
        waiting: 2,
        callsPerSecond: { share: 5, of: 10 },
        paused: [{ scope: 'endpoint', of: 'POST /issue', leftMs: 1_500 }],
      },
      store: { kind: 'embedded', durability: 'every write is on the disk', trusted: true },
    });
  });
});
