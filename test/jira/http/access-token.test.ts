import { createIssue, getIssue } from '../../../src/jira/http/jira-js.ts';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createAccessToken } from '../../../src/jira/http/access-token.ts';
import type { Answer, NotSignedIn } from '../../../src/jira/http/answer.ts';
import { createVerdict } from '../../../src/jira/http/outcome-table.ts';
import type { TokenAnswer } from '../../../src/jira/http/token-endpoint.ts';
import { createTransport, type AskJira } from '../../../src/jira/http/transport.ts';
import type { Faults } from '../../../src/sandbox/jira/faults.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { signInBy } from '../../support/jira/scripted-jira.ts';
import { directFetch } from '../../support/servers/direct-network.ts';
import { testClock, type TestClock } from '../../support/service/service-parts.ts';

const MINUTE = 60_000;

interface Fixture {
  readonly jira: JiraSimulator;
  readonly clock: TestClock;
  readonly ask: AskJira;
  readonly notSignedIn: NotSignedIn[];
  readonly state: () => unknown;
  create(): Promise<Answer>;
}

/** The transport of a service account, on a simulated site. */
async function open(faults: Partial<Faults> = {}, timeoutMs = 5_000, secret?: string): Promise<Fixture> {
  const clock = testClock();
  const jira = await startJiraSimulator({ now: clock.now });
  Object.assign(jira.faults, faults);
  onTestFinished(() => jira.close());
  const { clientId, clientSecret } = jira.credentials;
  const signIn = signInBy({ kind: 'oauth', clientId, clientSecret: secret ?? clientSecret, tokenUrl: jira.tokenUrl }, clock, timeoutMs);
  const notSignedIn: NotSignedIn[] = [];
  const ask = createTransport({
    baseUrl: jira.url,
    signIn,
    fetch: directFetch,
    timeoutMs: 5_000,
    heldBack: () => null,
    blockedForMs: () => Promise.resolve(0),
    onAnswer: () => undefined,
    onNotSignedIn: (why) => void notSignedIn.push(why),
    clock,
  });
  const fields = { summary: 'x', project: { key: 'SEC' }, issuetype: { name: 'Task' } };
  return { jira, clock, ask, notSignedIn, state: signIn.state, create: () => ask((client) => createIssue(client, { fields })) };
}

const statuses = (answers: readonly Answer[]): (number | string)[] => [
  ...new Set(answers.map((answer) => (answer.kind === 'http' ? answer.status : answer.kind))),
];

const times = (count: number, run: () => Promise<Answer>): Promise<Answer[]> => Promise.all(Array.from({ length: count }, run));

test('50 calls at the same time without a token: one renewal, 50 issues', async () => {
  const { jira, create } = await open({ tokenLatencyMs: 50 });
  expect(statuses(await times(50, create))).toEqual([201]);
  expect([jira.tokenRequests(), jira.issues().length]).toEqual([1, 50]);
});

test('50 calls at the same time with a token that Jira no longer accepts: one renewal, 50 issues, none twice', async () => {
  const { jira, clock, create } = await open({ tokenLatencyMs: 50, accessTokenMs: MINUTE });
  await create();
  clock.forward(2 * MINUTE);
  expect(statuses(await times(50, create))).toEqual([201]);
  expect([jira.tokenRequests(), jira.issues().length]).toEqual([2, 51]);
  expect(jira.history().filter(({ status }) => status === 401)).toHaveLength(50);
});

test('a token is renewed before it expires, and calls do not wait for that; while the endpoint is away the old one is used', async () => {
  const { jira, clock, create, state } = await open();
  await create();
  clock.forward(40 * MINUTE);
  await create();
  expect(jira.tokenRequests()).toBe(1);
  clock.forward(9 * MINUTE);
  jira.faults.tokenFaults.push('fails', 'page', 'cut');
  for (const _ of [1, 2, 3]) {
    expect(statuses(await times(8, create))).toEqual([201]);
    clock.forward(MINUTE);
  }
  expect(state()).toMatchObject({ isValid: true, problem: expect.stringContaining('the token endpoint') });
  expect(statuses(await times(8, create))).toEqual([201]);
  clock.forward(20 * MINUTE);
  expect(statuses(await times(8, create))).toEqual([201]);
  expect(state()).toMatchObject({ isValid: true, problem: null });
  expect(jira.tokenRequests()).toBe(5);
  expect(jira.history().filter(({ status }) => status !== 201)).toEqual([]);
});

test.each(['fails', 'page', 'cut', 'hangs', 'refuses'] as const)(
  'a token endpoint that %s: no create is sent, and each goes out once when it works again',
  async (fault) => {
    const { jira, clock, create, notSignedIn, state } = await open({ tokenEndpoint: fault }, fault === 'hangs' ? 200 : 5_000);
    const answers = await times(50, create);
    const isRefused = fault === 'refuses';
    expect(statuses(answers)).toEqual(['not-signed-in']);
    expect(new Set(answers.map((answer) => createVerdict(answer, 0).outcome))).toEqual(new Set(['not-sent']));
    expect(answers.map((answer) => createVerdict(answer, 0).failure)).toMatchObject(
      answers.map(() =>
        isRefused ? { code: 'jira-auth', retry: { when: 'token-accepted' } } : { code: 'jira-sign-in', retry: { when: 'backoff' } },
      ),
    );
    expect(notSignedIn).toHaveLength(50);
    expect(jira.tokenRequests()).toBe(1);
    // A moment later it is not asked again.
    await create();
    expect([jira.tokenRequests(), jira.history()]).toEqual([1, []]);
    jira.faults.tokenEndpoint = 'works';
    clock.forward(2_000);
    expect(statuses(await times(50, create))).toEqual([201]);
    expect([jira.tokenRequests(), jira.issues().length]).toEqual([2, 50]);
    expect(JSON.stringify([answers, notSignedIn, state()])).not.toContain(jira.credentials.clientSecret);
  },
);

test.each(['no-lifetime', 'zero-lifetime', 'huge-lifetime'] as const)('a token with %s is used, and renewed in time', async (fault) => {
  const { jira, clock, create } = await open({ tokenEndpoint: fault });
  for (const _ of [1, 2, 3]) {
    expect(statuses(await times(5, create))).toEqual([201]);
    clock.forward(61 * MINUTE);
  }
  expect([jira.tokenRequests(), jira.issues().length]).toEqual([3, 15]);
  expect(jira.history().filter(({ status }) => status !== 201)).toEqual([]);
});

test('tokens that Jira refuses at once: each call is sent once more, and the refusal is the answer', async () => {
  const { jira, create } = await open({ accessTokenMs: 0 });
  const answer = await create();
  expect(answer).toMatchObject({ kind: 'http', status: 401 });
  expect(createVerdict(answer, 0)).toMatchObject({ outcome: 'not-sent', failure: { code: 'jira-auth' } });
  expect([jira.tokenRequests(), jira.history().length, jira.issues()]).toEqual([2, 2, []]);
});

test('after a wait for a token that was too long the call is not sent', async () => {
  const { jira, ask, clock } = await open();
  const calls = { sendBy: clock.monotonic() + 1_000 };
  jira.faults.tokenLatencyMs = 50;
  const answered = ask((client) => getIssue(client, { issueIdOrKey: '1' }), undefined, calls.sendBy);
  clock.forward(2_000);
  expect(await answered).toEqual({ kind: 'late' });
  expect(jira.history()).toEqual([]);
});

test('a wrong secret is refused, and is in no message', async () => {
  const { create, notSignedIn } = await open({}, 5_000, 'a-wrong-secret');
  await create();
  expect(notSignedIn).toMatchObject([{ isRefused: true, message: expect.stringContaining('HTTP 401, access_denied') }]);
  expect(JSON.stringify(notSignedIn)).not.toContain('a-wrong-secret');
});

test('whatever the endpoint does and whenever Jira refuses: never two renewals at once, and no call gets a token that has expired', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('call' as const) }),
    fc.record({ do: fc.constant('refuse' as const) }),
    fc.record({ do: fc.constant('forward' as const), ms: fc.integer({ min: 1, max: 4_000_000 }) }),
  );
  const answers = fc.array(fc.oneof(fc.constant<'no'>('no'), fc.constant<'away'>('away'), fc.integer({ min: 60_000, max: 3_600_000 })));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), answers, async (steps, scripted) => {
      const clock = testClock();
      const expiry = new Map<string, number>();
      let [running, most, count] = [0, 0, 0];
      const queue = [...scripted];
      const token = createAccessToken({
        clock,
        random: () => 0.5,
        async ask(): Promise<TokenAnswer> {
          running += 1;
          most = Math.max(most, running);
          await Promise.resolve();
          running -= 1;
          const next = queue.shift() ?? 3_600_000;
          if (typeof next === 'string') return { ok: false, isRefused: next === 'no', message: next };
          count += 1;
          expiry.set(`Bearer ${count}`, clock.monotonic() + next);
          return { ok: true, token: String(count), lifetimeMs: next };
        },
      });
      let last = 'Bearer 0';
      for (const one of steps) {
        if (one.do === 'forward') clock.forward(one.ms);
        else {
          const asked = one.do === 'call' ? () => token.authorization() : () => token.renewed(last);
          for (const got of await Promise.all([asked(), asked(), token.authorization()])) {
            if (!got.ok) continue;
            if ((expiry.get(got.header) ?? 0) <= clock.monotonic()) return false;
            last = got.header;
          }
        }
      }
      return most <= 1;
    }),
  );
});
