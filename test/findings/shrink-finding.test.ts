import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { lifecycleOf } from '../../src/findings/lifecycle.ts';
import { mergeFinding } from '../../src/findings/merge-finding.ts';
import { parseFinding } from '../../src/findings/parse-finding.ts';
import { shrinkFinding } from '../../src/findings/shrink-finding.ts';
import { withEnvelope } from '../../src/findings/with-envelope.ts';
import { externalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const at = (minute: number): string => `2026-03-01T10:${String(minute).padStart(2, '0')}:00Z`;

const observed = (minute: number, detail: object = {}, time = minute): Finding =>
  findingOf(externalEvent({ time: at(time), detail: { updatedAt: at(minute), status: 'RESOLVED', ...detail } }));

const observations = fc
  .record({
    minute: fc.integer({ min: 1, max: 4 }),
    time: fc.integer({ min: 1, max: 4 }),
    status: fc.constantFrom('ACTIVE', 'ARCHIVED', 'RESOLVED'),
    isDeleted: fc.boolean(),
    action: fc.constantFrom(['s3:GetObject'], ['s3:PutObject'], undefined),
  })
  .map(({ minute, time, ...detail }) => observed(minute, detail, time));

test('keeps what identifies the finding and tells its end, and nothing about who had access', () => {
  for (const finding of [observed(10), findingOf(unusedEvent({ detail: { status: 'RESOLVED' } }))]) {
    const shrunk = shrinkFinding(finding);
    const { key, findingId, analyzerArn, kind, findingType, status, resource, resourceType, accountId, region, updatedAt } = finding;
    expect(shrunk).toMatchObject({
      key,
      findingId,
      analyzerArn,
      kind,
      findingType,
      status,
      resource,
      resourceType,
      accountId,
      region,
      updatedAt,
    });
    expect(lifecycleOf(shrunk)).toBe(lifecycleOf(finding));
    expect(JSON.stringify(shrunk)).not.toMatch(/s3:GetObject|999988887777|"principal"|"action"/);
    // What is left of the event still makes the same finding.
    const again = parseFinding({ ...shrunk.event }, Date.now());
    expect(again).toMatchObject({ ok: true, finding: { key, status, updatedAt, accountId, region } });
    expect(shrinkFinding(shrunk)).toEqual(shrunk);
  }
});

test('it stays shrunk in another envelope', () => {
  const shrunk = shrinkFinding(observed(10));
  expect(withEnvelope(shrunk, shrunk.event)?.shrunk).toBe(true);
});

test('whatever comes later, its state is the one that it would have if it had not shrunk', () => {
  fc.assert(
    fc.property(observations, fc.array(observations, { maxLength: 4 }), (first, later) => {
      const stateAfter = (start: Finding) => {
        const { status, deleted, updatedAt, observedAt } = later.reduce((known, one) => mergeFinding(known, one).finding, start);
        return { status, deleted, updatedAt, observedAt };
      };
      expect(stateAfter(shrinkFinding(first))).toEqual(stateAfter(first));
    }),
  );
});
