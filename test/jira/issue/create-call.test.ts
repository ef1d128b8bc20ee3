import { expect, test } from 'vitest';
import { markerOf } from '../../../src/issues/marker.ts';
import { createCall } from '../../../src/jira/issue/create-call.ts';
import type { CreateOutcome } from '../../../src/pipeline/ports/issue-tracker.ts';
import { readyIssue } from '../../support/findings/issue-route.ts';
import { callsTo, scriptJira, systemClock, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const FIELDS = { project: { key: 'SEC' }, summary: 'A bucket is public', priority: { id: '2' } };
const READY = readyIssue({ fields: FIELDS, labels: ['findings-to-jira', 'security'] });
const MARKER = markerOf('default', 'a-group', ['analyzer|finding'], 2);

const inTime = (): number => systemClock.monotonic() + 2_000;

async function createdWith(reply: Reply): Promise<{ outcome: CreateOutcome; jira: ScriptedJira }> {
  const jira = await scriptJira(() => reply);
  return { outcome: await createCall(callsTo(jira.url), READY, MARKER, inTime()), jira };
}

test('one POST with the fields, and the marker as label and property', async () => {
  const { outcome, jira } = await createdWith({ status: 201, json: { id: '10001', key: 'SEC-7', self: 'x' } });
  expect(outcome).toEqual({ outcome: 'confirmed', issue: { id: '10001', key: 'SEC-7' } });
  expect(jira.lines()).toEqual(['POST /rest/api/3/issue']);
  expect(jira.requests[0]?.body).toEqual({
    fields: {
      ...FIELDS,
      labels: ['findings-to-jira', 'security', MARKER.label],
    },
    properties: [
      { key: 'findings-to-jira', value: { installation: 'default', group: 'a-group', findings: ['analyzer|finding'], attempt: 2 } },
    ],
  });
});

test('a create screen without labels is sent none: the property says whose the issue is', async () => {
  const jira = await scriptJira(() => ({ status: 201, json: { id: '1', key: 'SEC-1' } }));
  await createCall(callsTo(jira.url), { ...READY, takesLabels: false }, MARKER, inTime());
  expect(jira.requests[0]?.body).toMatchObject({ fields: FIELDS, properties: [{ key: 'findings-to-jira' }] });
  expect(jira.requests[0]?.body).not.toHaveProperty('fields.labels');
});

test.each<readonly [string, Reply]>([
  ['empty', { status: 201 }],
  ['truncated', { status: 201, text: '{"id":"10001","key":"SE' }],
  ['a page', { status: 201, text: '<html>' }],
  ['without a key', { status: 201, json: { id: '10001' } }],
  ['without an id', { status: 201, json: { key: 'SEC-7' } }],
  ['with an id that is a number', { status: 201, json: { id: 10001, key: 'SEC-7' } }],
  ['with an id that is no id', { status: 201, json: { id: '1/../2', key: 'SEC-7' } }],
  ['with a key that is no key', { status: 201, json: { id: '10001', key: 'SEC' } }],
  ['a list', { status: 201, json: [{ id: '10001', key: 'SEC-7' }] }],
  ['answered as 200', { status: 200, json: { id: '10001', key: 'SEC-7' } }],
  ['answered as 202', { status: 202, json: { id: '10001', key: 'SEC-7' } }],
])('a 201 that is %s: the issue may exist', async (_, reply) => {
  const { outcome, jira } = await createdWith(reply);
  expect(outcome.outcome).toBe('uncertain');
  expect(jira.requests).toHaveLength(1);
});

test.each<readonly [CreateOutcome['outcome'], string, Reply]>([
  ['rejected', 'a 400 with reasons', { status: 400, json: { errorMessages: ['no'], errors: {} } }],
  ['uncertain', 'a 400 as a page', { status: 400, text: '<html>' }],
  ['uncertain', 'a login page with 200', { status: 200, text: '<html>' }],
  ['not-sent', 'a 429', { status: 429, headers: { 'retry-after': '1' } }],
  ['not-sent', 'a 401', { status: 401 }],
  ['uncertain', 'a 503', { status: 503, headers: { 'retry-after': '1' } }],
  ['uncertain', 'a reset', (response) => void response.socket?.resetAndDestroy()],
  ['uncertain', 'a redirect', { status: 302, headers: { location: '/' } }],
])('%s: %s, after one POST', async (expected, _, reply) => {
  const { outcome, jira } = await createdWith(reply);
  expect(outcome.outcome).toBe(expected);
  expect(jira.requests).toHaveLength(1);
});

test('a create past its deadline is not sent', async () => {
  const jira = await scriptJira(() => ({ status: 201, json: { id: '1', key: 'SEC-1' } }));
  const outcome = await createCall(callsTo(jira.url), READY, MARKER, systemClock.monotonic() - 1);
  expect(outcome).toMatchObject({ outcome: 'not-sent', failure: { code: 'claim-too-old', retry: { when: 'backoff' } } });
  expect(jira.requests).toEqual([]);
});
