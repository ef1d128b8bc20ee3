import { describe, expect, test } from 'vitest';
import { mergeFinding } from '../../../src/findings/merge-finding.ts';
import { detailsObservation, type DetailsAnswer } from '../../../src/pipeline/details/details-observation.ts';
import { externalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const NOW = Date.parse('2026-04-01T00:00:00Z');
const LIST = [{ unusedPermissionDetails: { serviceNamespace: 's3' } }];
const known = findingOf(unusedEvent());
const answer = (details: Partial<NonNullable<DetailsAnswer['details']>> | null, steps: DetailsAnswer['steps'] = null): DetailsAnswer => ({
  details: details === null ? null : { status: 'ACTIVE', updatedAt: '2026-03-01T10:00:00.758Z', list: LIST, isCut: false, ...details },
  steps,
  askedAt: '2026-03-01T12:00:00.000Z',
});

/** The finding after the answer. */
function after(given: DetailsAnswer, before = known) {
  const observation = detailsObservation(before, given, NOW);
  if (observation === null) throw new Error('No observation');
  return mergeFinding(before, observation);
}

describe('an answer of AWS is a further observation', () => {
  test('of the same state: it adds details that events lack, and counts as seen when AWS was asked', () => {
    const { finding, because } = after(answer({}));
    expect(because).toBe('newer');
    expect(finding).toMatchObject({
      key: known.key,
      status: 'ACTIVE',
      updatedAt: known.updatedAt,
      observedAt: '2026-03-01T12:00:00.000000000Z',
    });
    expect(finding.event.detail).toEqual({ ...known.event.detail, findingDetails: LIST, updatedAt: known.updatedAt });
    expect(finding.unusedDetails).toHaveLength(1);
  });

  test('of a later state: its status counts, and the previous status is dropped', () => {
    const { finding } = after(answer({ status: 'RESOLVED', updatedAt: '2026-03-05T10:00:00.000Z' }));
    expect(finding).toMatchObject({ status: 'RESOLVED', updatedAt: '2026-03-05T10:00:00.000000000Z' });
    expect(finding.event.detail['previousStatus']).toBeUndefined();
  });

  test('of the same moment with another status: it outranks the known event', () => {
    expect(after(answer({ status: 'ARCHIVED' })).finding.status).toBe('ARCHIVED');
  });

  test('older than the known finding: it adds details, and changes neither status nor time for an hour; after that, AWS contradicts the event', () => {
    const older = { status: 'RESOLVED', updatedAt: '2026-02-01T10:00:00.000Z' } as const;
    const asked = (askedAt: string) => after({ ...answer(older), askedAt }).finding;
    const late = { updatedAt: known.updatedAt, unusedDetails: [{}] };
    expect(asked('2026-03-01T10:30:00.000Z')).toMatchObject({ ...late, status: 'ACTIVE', observedAt: known.observedAt });
    expect(asked('2026-03-01T12:00:00.000Z')).toMatchObject({ ...late, status: 'RESOLVED', observedAt: '2026-03-01T12:00:00.000000000Z' });
  });

  test('of the policy alone: it only adds the policy', () => {
    const { finding } = after(answer(null, []));
    expect(finding).toMatchObject({ status: 'ACTIVE', observedAt: known.observedAt, recommendedSteps: [], unusedDetails: null });
  });

  test('digits that the SDK drops make no other moment', () => {
    const precise = findingOf(unusedEvent({ detail: { updatedAt: '2026-03-01T10:00:00.758231456Z' } }));
    const { finding } = after(answer({ status: 'RESOLVED' }), precise);
    expect(finding).toMatchObject({ status: 'RESOLVED', updatedAt: precise.updatedAt });
  });

  test('that comes after a newer event does not undo that event', () => {
    const observation = detailsObservation(known, answer({}), NOW);
    const newer = findingOf(
      unusedEvent({ time: '2026-03-01T12:30:00Z', detail: { status: 'RESOLVED', updatedAt: '2026-03-01T12:20:00.000Z' } }),
    );
    const { finding } = mergeFinding(newer, observation ?? known);
    expect(finding).toMatchObject({ status: 'RESOLVED', unusedDetails: [{}] });
  });

  test('says who has external access now, not who had it', () => {
    const listed = findingOf(
      externalEvent({ detail: { principal: undefined, action: undefined, condition: undefined, isPublic: undefined } }),
    );
    const details = (principal: string, updatedAt: string) =>
      answer({
        updatedAt,
        list: [{ externalAccessDetails: { principal: { AWS: principal }, action: ['s3:GetObject'], condition: {}, isPublic: false } }],
      });
    const first = after(details('999988887777', '2026-03-01T10:00:00.000Z'), listed).finding;
    expect(first.principals).toEqual([{ kind: 'AWS', value: '999988887777' }]);
    const second = after(details('111111111111', '2026-03-02T10:00:00.000Z'), first).finding;
    expect(second.principals).toEqual([{ kind: 'AWS', value: '111111111111' }]);
  });

  test.each(['', 'yesterday', '2036-01-01T00:00:00.000Z'])('with the time %j is none', (updatedAt) => {
    expect(detailsObservation(known, answer({ updatedAt }), NOW)).toBeNull();
  });
});
