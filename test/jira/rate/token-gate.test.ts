import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/issues/failure.ts';
import type { Heard } from '../../../src/jira/http/answer.ts';
import { TOKEN_REFUSED } from '../../../src/jira/http/outcome-table.ts';
import { createTokenGate, type TokenGate } from '../../../src/jira/rate/token-gate.ts';
import type { Permit } from '../../../src/pipeline/ports/issue-tracker.ts';
import { answered, CREATE, of, SEARCH } from '../../support/jira/rate-governor.ts';
import { testClock, type TestClock } from '../../support/service/service-parts.ts';

const MYSELF = of('GET', 'myself');
const AUTH: Failure = { ...TOKEN_REFUSED, retry: { when: 'backoff' } };
const AWAY: Failure = { code: 'jira-unreachable', message: 'away', words: null, retry: { when: 'backoff' } };

interface Bench {
  readonly gate: TokenGate;
  readonly clock: TestClock;
  /** The answers to the coming questions; none left: Jira knows us. */
  readonly answers: (Failure | null)[];
  questions(): number;
  /** Permits that the governor gave and that were not released. */
  held(): number;
}

function bench(governor: () => Promise<void> = async () => undefined): Bench {
  const clock = testClock();
  const answers: (Failure | null)[] = [];
  let [questions, held] = [0, 0];
  const permit = async (): Promise<Permit> => {
    await governor();
    held += 1;
    return { granted: true, release: () => void (held -= 1) };
  };
  const gate = createTokenGate({
    governor: { permit },
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

async function granted(gate: TokenGate): Promise<Permit & { readonly granted: true }> {
  const permit = await gate.permit('create');
  if (!permit.granted) throw new Error(`denied: ${permit.because}`);
  return permit;
}

test('while the token is accepted, permits are those of the governor', async () => {
  const { gate, questions } = bench();
  expect(await gate.permit('create')).toMatchObject({ granted: true });
  for (const status of [200, 403, 404, 429, 500]) gate.heard(answered(status), CREATE);
  expect([gate.state().access, gate.isRefused(CREATE), questions()]).toEqual(['accepted', false, 0]);
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
    expect([gate.isRefused(CREATE), gate.isRefused(MYSELF), held()]).toEqual([true, true, 0]);
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
    const seen: boolean[] = [];
    const gate: TokenGate = createTokenGate({
      governor: { permit: async () => ({ granted: true, release: () => undefined }) },
      clock,
      random: () => 0.5,
      async ask() {
        seen.push(gate.isRefused(MYSELF), gate.isRefused(SEARCH));
        return null;
      },
    });
    gate.heard(answered(401), CREATE);
    await gate.confirm();
    expect(seen).toEqual([false, true]);
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
    gate.doubt();
    expect([gate.state().access, gate.isRefused(CREATE)]).toEqual(['unconfirmed', true]);
    await granted(gate);
    expect([questions(), gate.state().access, gate.state().refusals]).toEqual([1, 'one-first', 0]);
  });

  test.each([
    ['refuses it', AUTH, 'refused', 1],
    ['does not answer', AWAY, 'unconfirmed', 0],
  ] as const)('whose question Jira %s', async (_, answer, access, refusals) => {
    const { gate, answers } = bench();
    answers.push(answer);
    gate.doubt();
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
