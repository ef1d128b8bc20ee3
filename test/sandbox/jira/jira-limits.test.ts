import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { Json } from '../../../src/findings/json.ts';
import { call, issueFields } from '../simulator-client.ts';

const NOON = Date.UTC(2026, 10, 20, 12, 0);
let now = NOON;
let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({ now: () => now });
});
beforeEach(() => {
  now += 3_600_000 - (now % 3_600_000);
  jira.reset();
});
afterAll(() => jira.close());

interface Outcome {
  readonly status: number;
  readonly reason: string | null;
  readonly wait: string | null;
}

async function say(method: string, path: string, body?: Json, authorization?: string): Promise<Outcome> {
  const { status, headers } = await call(jira, method, path, body, authorization);
  return { status, reason: headers.get('ratelimit-reason'), wait: headers.get('retry-after') };
}

const create = (): Promise<Outcome> => say('POST', '/issue', { fields: issueFields() });

test('each endpoint and method has a bucket, and every answer tells how much is left', async () => {
  jira.faults.endpointPerSecond = 5;
  const announced = async (): Promise<(string | null)[]> => {
    const { headers } = await call(jira, 'GET', '/myself');
    return ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-nearlimit'].map((name) => headers.get(name));
  };
  expect(await announced()).toEqual(['5', '4', null]);
  for (let sent = 0; sent < 3; sent += 1) await announced();
  expect(await announced()).toEqual(['5', '0', 'true']);
  expect(await say('GET', '/myself')).toEqual({ status: 429, reason: 'jira-burst-based', wait: '1' });
  expect((await create()).status).toBe(201);
  now += 400;
  expect(await announced()).toEqual(['5', '1', null]);
});

test('one issue takes 20 writes in two seconds and 100 in thirty; others take theirs, and reads do not count', async () => {
  await create();
  await create();
  const write = (key: string): Promise<Outcome> => say('PUT', `/issue/${key}/properties/x`, {});
  const refusals: string[] = [];
  for (let sent = 0; sent < 101; sent += 1) {
    if (sent % 20 === 0) now += 2_000;
    const { reason, wait } = await write('SEC-1');
    if (reason !== null) refusals.push(`${sent} ${reason} ${wait}`);
  }
  expect(refusals).toEqual(['100 jira-per-issue-on-write 20']);
  expect((await write('SEC-2')).reason).toBeNull();
  expect((await say('GET', '/issue/SEC-1')).reason).toBeNull();
  now += 20_000;
  for (let sent = 0; sent < 20; sent += 1) expect((await write('SEC-1')).reason).toBeNull();
  expect(await write('SEC-1')).toEqual({ status: 429, reason: 'jira-per-issue-on-write', wait: '2' });
});

test('a quota of points is for access tokens, and is there again at the next full hour', async () => {
  jira.faults.pointsPerHour = 5;
  const bearer = (): Promise<Outcome> => say('GET', '/myself', undefined, `Bearer ${jira.credentials.bearerToken}`);
  now += 600_000;
  expect([(await bearer()).status, (await bearer()).status, (await bearer()).status]).toEqual([200, 200, 200]);
  expect(await bearer()).toEqual({ status: 429, reason: 'jira-quota-tenant-based', wait: '3000' });
  expect((await say('GET', '/myself')).status).toBe(200);
  now += 3_000_000;
  expect((await bearer()).status).toBe(200);
});

test('the limit of the whole site is one that no header announces', async () => {
  jira.faults.requestsPerSecond = 1;
  expect((await call(jira, 'GET', '/myself')).headers.has('x-ratelimit-limit')).toBe(false);
});
