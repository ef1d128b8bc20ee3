import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/issues/failure.ts';
import type { Heard } from '../../../src/jira/http/answer.ts';
import { TOKEN_REFUSED } from '../../../src/jira/http/outcome-table.ts';
import { createAccessGate, type AccessGate } from '../../../src/jira/rate/access-gate.ts';
import type { GovernorState } from '../../../src/jira/rate/rate-governor.ts';
import type { Permit } from '../../../src/pipeline/ports/issue-tracker.ts';
import { answered, CREATE, of, SEARCH } from '../../support/jira/rate-governor.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { testClock, type TestClock } from '../../support/service/service-parts.ts';

const MYSELF = of('GET', 'myself');
const AUTH: Failure = { ...TOKEN_REFUSED, retry: { when: 'backoff' } };
/** What stands for the answer to a request that is not sent. */
const REFUSED = { kind: 'token-refused' };
const AWAY: Failure = { code: 'jira-unreachable', message: 'away', words: null, retry: { when: 'backoff' } };

const GOVERNOR: GovernorState = {
  inFlight: 0,
  waiting: 3,
  callsPerSecond: { share: 0, of: 19, ceiling: null, because: 'start' },
  retryAfterWindows: [],
};

interface Bench {
  readonly gate: AccessGate;
  readonly clock: TestClock;
  /** The answers to the coming questions; none left: Jira knows us. */
  readonly answers: (Failure | null)[];
  questions(): number;
  /** Permits that the governor gave and that were not released. */
  held(): number;
}

function bench(governor: () => Promise<void> = async () => undefined, state = GOVERNOR): Bench {
  const clock = testClock();
  const answers: (Failure | null)[] = [];
  let [questions, held] = [0, 0];
  const permit = async (): Promise<Permit> => {
    await governor();
    held += 1;
    return { granted: true, release: () => void (held -= 1) };
  };
  const gate = createAccessGate({
    governor: { permit, state: () => state },
    clock,
    random: () => 0.5,
    async ask() {
      questions += 1;
      const answer = answers.shift() ?? null;
      if (answer?.code === 'jira-auth') gate.heard(answered(401), MYSELF);
      return answer;
    },
  });
  return { gate, clock, answers, questions: () => questions, held: () => held };
}

/** Jira has refused the token, and said so again when it was asked. */
async function refused(): Promise<Bench> {
  const all = bench();
  all.answers.push(AUTH);
  all.gate.heard(answered(401), CREATE);
  await all.gate.confirm();
  return all;
}

async function granted(gate: AccessGate): Promise<Permit & { readonly granted: true }> {
  const permit = await gate.permit('create');
  if (!permit.granted) throw new Error(`denied: ${permit.because}`);
  return permit;
}

test('while the token is accepted, permits are those of the governor', async () => {
  const { gate, questions } = bench();
  expect(await gate.permit('create')).toMatchObject({ granted: true });
  for (const status of [200, 403, 404, 429, 500]) gate.heard(answered(status), CREATE);
  expect([gate.state().access, gate.heldBack(CREATE), questions()]).toEqual(['accepted', null, 0]);
});

test.each([
  ['what all replicas may send within half a second', 2, 10],
  ['what this one alone may send within a second', 17, 17],
])('there is room for %s, less what waits for its turn', (_what, share, expected) => {
  const governor = { ...GOVERNOR, callsPerSecond: { ...GOVERNOR.callsPerSecond, share } };
  expect(bench(undefined, governor).gate.room()).toBe(expected - GOVERNOR.waiting);
});

describe('a refused token', () => {
  test('stops permits and requests, also those that wait for their turn', async () => {
    let turn = (): void => undefined;
    const { gate, answers, held } = bench(() => new Promise((resolve) => (turn = resolve)));
    answers.push(AUTH);
    const waiting = gate.permit('create');
    await Promise.resolve();
    gate.heard(answered(401), CREATE);
    turn();
    const denied = { granted: false, because: 'token-refused', failure: { code: 'jira-auth' } };
    expect([await waiting, await gate.permit('read')]).toMatchObject([denied, denied]);
    expect([gate.heldBack(CREATE), gate.heldBack(MYSELF), held()]).toEqual([REFUSED, REFUSED, 0]);
  });

  test('is asked about at once, and then after 5, 10, 20 and 30 s, however many steps want a permit', async () => {
    const { gate, clock, answers, questions } = bench();
    answers.push(AUTH, AUTH, AUTH, AUTH, AUTH, AUTH);
    gate.heard(answered(401), CREATE);
    const waits: number[] = [];
    for (let second = 0; second <= 100; second += 1) {
      const before = questions();
      await Promise.all(['create', 'read', 'update'].map(() => gate.permit('create')));
      if (questions() > before) waits.push(second);
      clock.forward(1_000);
    }
    expect(waits).toEqual([0, 5, 15, 35, 65, 95]);
    expect(gate.state()).toMatchObject({ access: 'refused', refusals: 1 });
  });

  test('lets nothing but the question pass while it is asked', async () => {
    const { clock } = bench();
    const seen: unknown[] = [];
    const gate: AccessGate = createAccessGate({
      governor: { permit: async () => ({ granted: true, release: () => undefined }), state: () => GOVERNOR },
      clock,
      random: () => 0.5,
      async ask() {
        seen.push(gate.heldBack(MYSELF), gate.heldBack(SEARCH));
        return null;
      },
    });
    gate.heard(answered(401), CREATE);
    await gate.confirm();
    expect(seen).toEqual([null, REFUSED]);
  });

  test('stays refused while Jira does not answer the question', async () => {
    const { gate, clock, answers } = await refused();
    answers.push(AWAY);
    clock.forward(60_000);
    expect(await gate.confirm()).toMatchObject({ access: 'refused', message: 'away', refusals: 1 });
  });
});

describe('a token that is accepted again', () => {
  test('lets one step go first, and all others when a call of it was let through', async () => {
    const { gate, clock, held } = await refused();
    clock.forward(60_000);
    const first = await granted(gate);
    expect(await gate.permit('create')).toMatchObject({ granted: false, because: 'token-refused' });
    gate.heard(answered(201), CREATE);
    expect(gate.state().access).toBe('one-first');
    first.release();
    expect([gate.state().access, held()]).toEqual(['accepted', 0]);
    expect(await Promise.all([gate.permit('create'), gate.permit('create')])).toMatchObject([{ granted: true }, { granted: true }]);
  });

  test.each<[string, Heard]>([
    ['no answer', { kind: 'network', code: 'ECONNRESET' }],
    ['a page of a proxy', { ...answered(200), isPage: true }],
    ['a redirect to a login', answered(302)],
    ['a server error', answered(503)],
    ['a rate limit', answered(429)],
  ])('is still in doubt after %s: another step goes first', async (_, answer) => {
    const { gate, clock } = await refused();
    clock.forward(60_000);
    const first = await granted(gate);
    gate.heard(answer, CREATE);
    gate.heard(answered(200), MYSELF);
    first.release();
    expect(gate.state().access).toBe('one-first');
    const second = await granted(gate);
    gate.heard(answered(403), CREATE);
    second.release();
    expect(gate.state().access).toBe('accepted');
  });

  test('and refused for the first step is refused as before, and asked about later and later', async () => {
    const { gate, clock, questions } = await refused();
    for (const waitMs of [5_001, 10_001, 20_001, 30_001, 30_001]) {
      clock.forward(waitMs);
      const first = await granted(gate);
      gate.heard(answered(401), CREATE);
      first.release();
      expect(gate.state()).toMatchObject({ access: 'refused', refusals: 1 });
      const asked = questions();
      clock.forward(4_000);
      await gate.confirm();
      expect(questions()).toBe(asked);
      clock.forward(-4_000);
    }
  });

  test('opens for all where no step is there to go first', async () => {
    const { gate, clock } = await refused();
    gate.accept();
    expect(gate.state().access).toBe('refused');
    clock.forward(60_000);
    await gate.confirm();
    gate.accept();
    expect(gate.state()).toMatchObject({ access: 'accepted', refusals: 1 });
  });
});

describe('a token in doubt since the start', () => {
  test('is asked about before anything is sent, and then one step goes first', async () => {
    const { gate, questions } = bench();
    gate.doubt('refused');
    expect([gate.state().access, gate.heldBack(CREATE)]).toEqual(['unconfirmed', REFUSED]);
    await granted(gate);
    expect([questions(), gate.state().access, gate.state().refusals]).toEqual([1, 'one-first', 0]);
  });

  test.each([
    ['refuses it', AUTH, 'refused', 1],
    ['does not answer', AWAY, 'unconfirmed', 0],
  ] as const)('whose question Jira %s', async (_, answer, access, refusals) => {
    const { gate, answers } = bench();
    answers.push(answer);
    gate.doubt('refused');
    expect(await gate.confirm()).toMatchObject({ access, refusals });
  });
});

test('a missing scope says that the token is accepted, and stops nothing', async () => {
  const { gate, clock } = bench();
  gate.heard({ ...answered(401), lacksScopeFor: 'POST /issue' }, CREATE);
  expect(gate.state()).toMatchObject({ access: 'accepted', refusals: 0 });
  const other = await refused();
  other.answers.push({ ...AUTH, code: 'jira-scope' });
  other.clock.forward(60_000);
  clock.forward(60_000);
  const first = await granted(other.gate);
  other.gate.heard({ ...answered(401), lacksScopeFor: 'POST /issue' }, CREATE);
  first.release();
  expect(other.gate.state().access).toBe('accepted');
});

describe('a Jira that does not answer', () => {
  const SILENT = answered(503);
  const OF_ISSUE = of('POST', 'issue/10001/transitions');

  /** Jira has answered neither five creates nor the question. */
  async function away(): Promise<Bench> {
    const all = bench();
    all.answers.push(AWAY);
    for (const _ of range(5)) all.gate.heard(SILENT, CREATE);
    await all.gate.confirm();
    return all;
  }

  test('is asked about after five calls in a row, which stops everything but the question', async () => {
    const { gate, answers, questions } = bench();
    for (const _ of range(4)) gate.heard(SILENT, CREATE);
    expect([gate.state().access, gate.denied()]).toEqual(['accepted', null]);
    gate.heard(SILENT, CREATE);
    answers.push(AWAY);
    const denied = { granted: false, because: 'away', failure: { code: 'jira-unreachable', retry: { when: 'answers-again' } } };
    expect([await gate.permit('create'), gate.denied()]).toMatchObject([denied, denied]);
    expect(gate.heldBack(CREATE)).toMatchObject({ kind: 'away', failure: { code: 'jira-unreachable' } });
    expect([questions(), gate.heldBack(MYSELF)?.kind]).toEqual([1, 'away']);
    expect(gate.state()).toMatchObject({ access: 'away', message: 'away', outages: 1, refusals: 0 });
  });

  test.each<[string, Heard]>([
    ['a fault of the network', { kind: 'network', code: 'ECONNREFUSED' }],
    ['a timeout', { kind: 'network', code: 'TIMEOUT' }],
    ['an error of the server', answered(500)],
    ['a redirect', answered(302)],
    ['a page with status 200', { ...answered(200), isPage: true }],
    ['a page with status 403', { ...answered(403), isPage: true }],
    ['a proxy that wants credentials', answered(407)],
  ])('counts %s', (_, answer) => {
    const { gate } = bench();
    for (const _ of range(5)) gate.heard(answer, CREATE);
    expect(gate.state().access).toBe('away');
  });

  test.each<[string, Heard]>([
    ['what it was asked for', answered(200)],
    ['that it is done', answered(204)],
    ['a refusal', { ...answered(400), json: { errorMessages: [] } }],
    ['that it is busy with the issue', { ...answered(409), json: { errorMessages: [] } }],
    ['that it is asked too often', answered(429)],
    ['that the token lacks a scope', { ...answered(401), lacksScopeFor: 'POST /issue' }],
  ])('is there if it answers %s', (_, answer) => {
    const { gate } = bench();
    for (const one of [SILENT, SILENT, SILENT, SILENT, answer, SILENT]) gate.heard(one, CREATE);
    expect(gate.state().access).toBe('accepted');
  });

  test('for one issue only is an affair of its group for a minute', () => {
    const { gate, clock } = bench();
    for (const _ of range(20)) gate.heard(SILENT, OF_ISSUE);
    expect(gate.state().access).toBe('accepted');
    clock.forward(60_000);
    gate.heard(SILENT, OF_ISSUE);
    expect(gate.state().access).toBe('away');
  });

  test('for five issues is none', () => {
    const { gate } = bench();
    for (const n of range(5)) gate.heard(SILENT, of('POST', `issue/1000${n}/transitions`));
    expect(gate.state().access).toBe('away');
  });

  test('and yet answers the question was never away', async () => {
    const { gate, questions } = bench();
    for (const _ of range(5)) gate.heard(SILENT, CREATE);
    await granted(gate);
    expect([questions(), gate.state()]).toMatchObject([1, { access: 'accepted', outages: 0 }]);
    gate.heard(SILENT, CREATE);
    expect(gate.state().access).toBe('accepted');
  });

  test('is asked after 5 and 10 s, then every 12 s, and lets all go at its first answer', async () => {
    const { gate, clock, answers, questions } = bench();
    answers.push(AWAY, AWAY, AWAY, AWAY, AWAY);
    for (const _ of range(5)) gate.heard(SILENT, CREATE);
    const waits: number[] = [];
    for (let second = 0; second <= 60; second += 1) {
      const before = questions();
      await Promise.all(['create', 'read', 'update'].map(() => gate.permit('create')));
      if (questions() > before) waits.push(second);
      clock.forward(1_000);
    }
    expect(waits).toEqual([0, 5, 15, 27, 39, 51]);
    expect(gate.state()).toMatchObject({ access: 'accepted', outages: 1 });
    await Promise.all([granted(gate), granted(gate)]);
  });

  test('is left alone for as long as it wants', async () => {
    const { gate, clock, answers, questions } = bench();
    for (const _ of range(5)) gate.heard(answered(503, { 'retry-after': '60' }), CREATE);
    clock.forward(59_000);
    await gate.confirm();
    expect(questions()).toBe(0);
    answers.push({ ...AWAY, retry: { when: 'after', afterMs: 120_000 } });
    clock.forward(1_001);
    await gate.confirm();
    clock.forward(119_000);
    await gate.confirm();
    expect(questions()).toBe(1);
    clock.forward(1_001);
    expect(await gate.confirm()).toMatchObject({ access: 'accepted' });
  });

  test('and then refuses the token has refused it', async () => {
    const { gate, clock, answers } = await away();
    answers.push(AUTH);
    clock.forward(60_000);
    expect(await gate.confirm()).toMatchObject({ access: 'refused', outages: 1, refusals: 1 });
    clock.forward(60_000);
    expect(await gate.confirm()).toMatchObject({ access: 'one-first' });
  });

  test('is asked again at its next silence', async () => {
    const { gate, clock, answers, questions } = await away();
    clock.forward(60_000);
    await gate.confirm();
    answers.push(AWAY);
    for (const _ of range(5)) gate.heard(SILENT, CREATE);
    await gate.confirm();
    expect([questions(), gate.state()]).toMatchObject([3, { access: 'away', outages: 2 }]);
  });

  test('in an earlier run is asked before anything is sent', async () => {
    const { gate, answers, questions } = bench();
    answers.push(AWAY);
    gate.doubt('away');
    expect([gate.state().access, gate.heldBack(CREATE)?.kind]).toEqual(['away', 'away']);
    expect(await gate.permit('create')).toMatchObject({ granted: false, because: 'away' });
    expect([questions(), gate.state().outages]).toEqual([1, 1]);
  });

  test('to sign in with is as silent, if for a minute', () => {
    const { gate, clock } = bench();
    const silence = { kind: 'not-signed-in', isRefused: false, message: 'no answer' } as const;
    for (const _ of range(9)) gate.notSignedIn(silence);
    expect(gate.state().access).toBe('accepted');
    clock.forward(60_000);
    gate.notSignedIn(silence);
    expect(gate.denied()).toMatchObject({ because: 'away', failure: { code: 'jira-sign-in', message: 'no answer' } });
  });
});
