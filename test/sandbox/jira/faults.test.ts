import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { call, created, issueFields } from '../simulator-client.ts';

let now = Date.UTC(2026, 10, 20, 12, 0);
let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({ seed: 5, now: () => now });
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

/** The outcome of a create, as the client sees it. */
async function create(): Promise<number | 'lost'> {
  try {
    return (await call(jira, 'POST', '/issue', { fields: issueFields() })).status;
  } catch {
    return 'lost';
  }
}

const fate = () => jira.history().map(({ status, done, issueKey }) => ({ status, done, issueKey }));

test('an answer may be lost after the issue was created', async () => {
  jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  expect(await create()).toBe('lost');
  expect(jira.issues()).toHaveLength(1);
  expect(fate()).toEqual([{ status: 'lost', done: true, issueKey: 'SEC-1' }]);
  expect(await create()).toBe(201);
});

test('a connection may be cut before anything is created', async () => {
  jira.faults.next.push({ on: 'POST /issue', fault: 'reset-before' });
  expect(await create()).toBe('lost');
  expect(jira.issues()).toEqual([]);
  expect(fate()).toEqual([{ status: 'lost', done: false, issueKey: null }]);
});

test('an answer may be cut in the middle', async () => {
  jira.faults.next.push({ on: 'POST /issue', fault: 'truncated201' });
  const response = await fetch(`${jira.url}/rest/api/3/issue`, {
    method: 'POST',
    headers: { authorization: `Bearer ${jira.credentials.bearerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ fields: issueFields() }),
  });
  expect(response.status).toBe(201);
  await expect(response.text()).rejects.toThrow('terminated');
  expect(fate()).toEqual([{ status: 'lost', done: true, issueKey: 'SEC-1' }]);
});

test.each([
  [false, 0],
  [true, 1],
])('a login page may replace the answer, after the commit: %s', async (afterCommit, issues) => {
  jira.faults.next.push({ on: 'POST /issue', fault: 'html200', afterCommit });
  const { status, headers } = await call(jira, 'POST', '/issue', { fields: issueFields() });
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/html');
  expect(jira.issues()).toHaveLength(issues);
});

test('an answer may be scripted, with headers and body', async () => {
  jira.faults.next.push({
    on: 'POST /issue',
    fault: 'status',
    status: 429,
    headers: { 'retry-after': '7', 'ratelimit-reason': 'jira-quota-tenant-based' },
    body: { errorMessages: ['slow'] },
  });
  const reply = await call(jira, 'POST', '/issue', { fields: issueFields() });
  expect(reply).toMatchObject({ status: 429, body: { errorMessages: ['slow'] } });
  expect(reply.headers.get('retry-after')).toBe('7');
  expect(jira.history()).toMatchObject([{ status: 429, fault: 'status 429', done: false }]);

  jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 503, afterCommit: true });
  expect(await create()).toBe(503);
  expect(jira.issues()).toHaveLength(1);
});

test('a request may hang until the client gives up', async () => {
  jira.faults.next.push({ on: 'POST /issue', fault: 'hangs', afterCommit: true });
  const gaveUp = new AbortController();
  const hanging = fetch(`${jira.url}/rest/api/3/issue`, {
    method: 'POST',
    headers: { authorization: `Bearer ${jira.credentials.bearerToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ fields: issueFields() }),
    signal: gaveUp.signal,
  });
  await vi.waitFor(() => expect(jira.issues()).toHaveLength(1));
  gaveUp.abort();
  await expect(hanging).rejects.toThrow('aborted');
  expect(fate()).toEqual([{ status: 'lost', done: true, issueKey: 'SEC-1' }]);
});

test('a scripted fault hits the first matching request, and only that one', async () => {
  jira.faults.next.push(
    { on: 'POST /issue/*/transitions', fault: 'status', status: 409 },
    { on: 'POST /issue', fault: 'status', status: 502 },
    { on: 'POST /issue', fault: 'status', status: 504 },
  );
  expect([await create(), await create(), await create()]).toEqual([502, 504, 201]);
  const move = () => call(jira, 'POST', '/issue/SEC-1/transitions', { transition: { id: '21' } });
  expect([(await move()).status, (await move()).status]).toEqual([409, 204]);
  expect(jira.faults.next).toEqual([]);
});

test('down cuts every connection', async () => {
  jira.faults.down = true;
  expect(await create()).toBe('lost');
  await expect(call(jira, 'GET', '/no/such/path')).rejects.toThrow('fetch failed');
  jira.faults.down = false;
  expect(await create()).toBe(201);
  expect(jira.history()).toMatchObject([
    { fault: 'down', done: false },
    { fault: 'down', done: false },
    { fault: null, done: true },
  ]);
});

test('the site may limit the requests per second', async () => {
  jira.faults.requestsPerSecond = 2;
  expect([await create(), await create(), await create()]).toEqual([201, 201, 429]);
  const limited = await call(jira, 'GET', '/myself');
  expect(limited.headers.get('retry-after')).toBe('1');
  expect(limited.headers.get('ratelimit-reason')).toBe('jira-burst-based');
  now += 1_000;
  expect(await create()).toBe(201);
  expect(jira.issues()).toHaveLength(3);
});

test('fault rates follow the seed: a reset repeats them, and the history has the real outcomes', async () => {
  const run = async () => {
    jira.reset();
    Object.assign(jira.faults, {
      loseAnswerRate: 0.2,
      unavailableBeforeRate: 0.2,
      unavailableAfterRate: 0.2,
      resetBeforeRate: 0.1,
      rateLimitRate: 0.1,
    });
    const outcomes: (number | 'lost')[] = [];
    for (let sent = 0; sent < 60; sent += 1) outcomes.push(await create());
    return outcomes;
  };
  const first = await run();
  expect(await run()).toEqual(first);
  expect(new Set(first)).toEqual(new Set([201, 429, 503, 'lost']));
  expect(jira.history().map(({ status }) => status)).toEqual(first);
  const made = jira.history().flatMap(({ done, issueKey }) => (done ? [issueKey] : []));
  expect(jira.issues().map(({ key }) => key)).toEqual(made);
  expect(made.length).toBeGreaterThan(first.filter((outcome) => outcome === 201).length);
});

test('a slow site still answers', async () => {
  jira.faults.latencyMs = 20;
  expect(await created(jira)).toBe('SEC-1');
});

test('faults can be read, merged and replaced over HTTP', async () => {
  const send = async (method: string, body: string) => {
    const response = await fetch(`${jira.url}/sandbox/faults`, { method, headers: { 'content-type': 'application/json' }, body });
    return response.status;
  };
  expect(await send('PATCH', '{"indexLagMs":500}')).toBe(200);
  expect(await send('PATCH', '{"next":[{"on":"POST /issue","fault":"reset-before"}]}')).toBe(200);
  expect(jira.faults).toMatchObject({ indexLagMs: 500, next: [{ fault: 'reset-before' }] });
  expect(await (await fetch(`${jira.url}/sandbox/faults`)).json()).toEqual(jira.faults);
  expect(await send('PUT', '{"latencyMs":1}')).toBe(200);
  expect(jira.faults).toMatchObject({ latencyMs: 1, indexLagMs: 0, next: [] });
  for (const wrong of [
    '{"latencyMs":-1}',
    '{"loseAnswerRate":2}',
    '{"unknown":1}',
    '{"next":[{"on":"POST /issue","fault":"explodes"}]}',
    '[]',
    '1',
    '{',
  ]) {
    expect(await send('PATCH', wrong)).toBe(400);
  }
  expect(jira.faults).toMatchObject({ latencyMs: 1, loseAnswerRate: 0 });
});
