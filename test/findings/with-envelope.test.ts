import { expect, test } from 'vitest';
import { withEnvelope } from '../../src/findings/with-envelope.ts';
import { externalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const OTHER = 'arn:aws:access-analyzer:eu-west-1:999900001111:analyzer/Other';
const seen = findingOf(externalEvent({ resources: ['unknown'], time: '2026-03-05T10:00:00Z' }));

test('the analyzer, its account and Region are those of the envelope; time and content are its own', () => {
  const { event } = findingOf(
    externalEvent({ resources: [OTHER], account: '999900001111', region: 'eu-west-1', detail: { isPublic: false } }),
  );
  const told = withEnvelope(seen, event);
  expect(told).toMatchObject({ key: `${OTHER}|${seen.findingId}`, analyzerArn: OTHER, isPublic: true, observedAt: seen.observedAt });
  expect(told?.event).toMatchObject({ account: '999900001111', region: 'eu-west-1', resources: [OTHER], time: seen.event.time });
});

test('content that it carries from older observations stays carried', () => {
  const carried = { action: 'an older order' };
  expect(withEnvelope({ ...seen, carried }, findingOf(externalEvent()).event)?.carried).toEqual(carried);
});

test('null where it would be another finding, or none', () => {
  const two = findingOf(externalEvent({ resources: ['unknown'], detail: { findingId: 'its-other-id' } }));
  expect(withEnvelope(two, findingOf(unusedEvent()).event)).toBeNull();
  expect(withEnvelope(seen, { ...findingOf(externalEvent()).event, resources: ['arn:aws:s3:::no-analyzer'] })).toBeNull();
});
