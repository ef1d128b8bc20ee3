import { expect, test } from 'vitest';
import { detailsLacking, detailsNeed, isAccessUnknown, isNothing, type DetailsNeed } from '../../src/findings/details-need.ts';
import { mergeFinding } from '../../src/findings/merge-finding.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const NOTHING = { list: false, policy: false, sources: false };
const LIST = { ...NOTHING, list: true };
const BOTH = { ...LIST, policy: true };
const SOURCES = { ...NOTHING, sources: true };
const ALL = { ...LIST, sources: true };
const QUEUE = { resourceType: 'AWS::SQS::Queue', resource: 'arn:aws:sqs:us-west-2:444455556666:orders' };
const LISTED = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined };

test.each<readonly [string, JsonObject, DetailsNeed, DetailsNeed]>([
  ['unused permissions', unusedEvent(), BOTH, BOTH],
  ['an unused role', unusedEvent({ detail: { findingType: 'UnusedIAMRole' } }), LIST, LIST],
  ['an unused access key', unusedEvent({ detail: { findingType: 'UnusedIAMUserAccessKey' } }), LIST, LIST],
  ['an unused password', unusedEvent({ detail: { findingType: 'UnusedIAMUserPassword' } }), LIST, LIST],
  ['unused access of a new kind', unusedEvent({ detail: { findingType: 'UnusedSomething' } }), LIST, LIST],
  ['unused access that is archived', unusedEvent({ detail: { status: 'ARCHIVED' } }), NOTHING, NOTHING],
  ['unused access that is resolved', unusedEvent({ detail: { status: 'RESOLVED' } }), NOTHING, NOTHING],
  ['unused access that is no longer watched', unusedEvent({ detail: { isDeleted: true } }), NOTHING, NOTHING],
  ['unused access that could not be analysed', unusedEvent({ detail: { error: 'ACCESS_DENIED' } }), NOTHING, LIST],
  ['unused access of an unknown analyzer', unusedEvent({ analyzerArn: 'unknown' }), NOTHING, NOTHING],
  ['unused access under an id of Security Hub', unusedEvent({ detail: { findingId: 'arn:aws:x/UnusedIAMRole' } }), NOTHING, NOTHING],
  ['external access under an id of Security Hub', externalEvent({ detail: { ...LISTED, id: 'arn:aws:x' } }), NOTHING, NOTHING],
  ['external access to a bucket, whose event does not say what grants it', externalEvent(), SOURCES, ALL],
  [
    'external access to a bucket, whose event says what grants it',
    externalEvent({ detail: { sources: [{ type: 'POLICY' }] } }),
    NOTHING,
    LIST,
  ],
  ['external access to another type', externalEvent({ detail: QUEUE }), NOTHING, LIST],
  ['internal access to a bucket', internalEvent(), NOTHING, LIST],
  ['external access from a listing', externalEvent({ detail: { ...QUEUE, ...LISTED } }), LIST, LIST],
  ['external access to a bucket from a listing', externalEvent({ detail: LISTED }), ALL, ALL],
  ['external access that was asked for', externalEvent({ detail: { ...QUEUE, findingDetails: [] } }), LIST, LIST],
  ['an error finding', externalEvent({ detail: { ...LISTED, error: 'INTERNAL_ERROR' } }), NOTHING, LIST],
])('%s', (_what, event, need, whenRulesAsk) => {
  expect([detailsNeed(findingOf(event), false), detailsNeed(findingOf(event), true)]).toEqual([need, whenRulesAsk]);
});

const day = (n: number): string => `2026-03-0${n}T10:00:00.000Z`;
const unused = (n: number, detail: object = {}) => findingOf(unusedEvent({ time: day(n), detail: { updatedAt: day(n), ...detail } }));

test('details of an earlier state of the finding are lacking for the later one', () => {
  const full = unused(1, { findingDetails: [{}], recommendedSteps: [] });
  expect(detailsLacking(full, BOTH)).toEqual(NOTHING);
  expect(detailsLacking(unused(1), BOTH)).toEqual(BOTH);
  expect(detailsLacking(unused(1, { findingDetails: [] }), BOTH)).toEqual({ ...NOTHING, policy: true });
  const later = mergeFinding(full, unused(2)).finding;
  expect(later.event.detail['findingDetails']).toEqual([{}]);
  expect(detailsLacking(later, BOTH)).toEqual(BOTH);
  expect(detailsLacking(later, LIST)).toEqual(LIST);
  expect(detailsLacking(mergeFinding(later, unused(2, { findingDetails: [] })).finding, BOTH)).toEqual({ ...NOTHING, policy: true });
});

test('the same state reported again is not another one', () => {
  const full = unused(1, { findingDetails: [{}], recommendedSteps: [] });
  const again = findingOf(unusedEvent({ time: day(3), detail: { updatedAt: day(1) } }));
  expect(detailsLacking(mergeFinding(full, again).finding, BOTH)).toEqual(NOTHING);
});

test('what grants the access is lacking until the details are there', () => {
  expect(detailsLacking(findingOf(externalEvent()), SOURCES)).toEqual(SOURCES);
  expect(detailsLacking(findingOf(externalEvent({ detail: { findingDetails: [] } })), SOURCES)).toEqual(NOTHING);
});

test('nothing is needed where no part is', () => {
  const needs = [NOTHING, LIST, { ...NOTHING, policy: true }, SOURCES];
  expect(needs.map(isNothing)).toEqual([true, false, false, false]);
});

test.each([
  ['nothing', {}, true],
  ['a principal', { principal: { AWS: '*' } }, false],
  ['an action', { action: ['s3:GetObject'] }, false],
  ['whether it is public', { isPublic: false }, false],
])('of the access is known: %s', (_what, detail, unknown) => {
  expect(isAccessUnknown(findingOf(externalEvent({ detail: { ...LISTED, ...detail } })))).toBe(unknown);
});
