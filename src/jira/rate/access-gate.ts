import type { Failure, FailureCode } from '../../issues/failure.ts';
import { retryAfterMs } from '../../issues/retry-policy.ts';
import type { Clock } from '../../pipeline/ports/clock.ts';
import type { DeniedPermit, Permit, PermitKind } from '../../pipeline/ports/issue-tracker.ts';
import type { AccessState, TrackerAccess } from '../../pipeline/ports/tracker-access.ts';
import type { Answer, Heard, NotSignedIn } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { failureOf, isRefusal, RENEW, TOKEN_REFUSED } from '../http/outcome-table.ts';
import type { RateGovernor } from './rate-governor.ts';

/** Stops all calls while Jira refuses our token or does not answer, so that either is one event and not one for each group. */
export interface AccessGate extends TrackerAccess {
  /** A permit of the governor, unless there is no access. Asks Jira the question about it first where that is due. */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /** Why no step gets a permit now, whatever its kind; null: it may get one. Nothing is asked. */
  denied(): DeniedPermit | null;
  /** The last check before a request is sent. @returns what stands for its answer; null: it may go */
  heldBack(operation: Operation): Answer | null;
  /** Learns from every answer. */
  heard(answer: Heard, operation: Operation): void;
  /** Learns that there is no access token. One that its endpoint refuses is like one that Jira refuses; an endpoint that is away is like Jira. */
  notSignedIn(why: NotSignedIn): void;
}

export interface AccessGateOptions {
  readonly governor: Pick<RateGovernor, 'permit' | 'state'>;
  readonly clock: Clock;
  /** 0 to 1, spreads the questions of several replicas, x0.7 to x1.3. */
  readonly random: () => number;
  /** Asks Jira for our account. Null: it knows us. */
  readonly ask: () => Promise<Failure | null>;
}

/** A line of calls this long, seconds, is far from the end of their patience; half of it where other replicas may have a line of their own. */
const LINE_SECONDS = 1;

const QUESTION = 'GET /myself';

/** The first question comes at once; these are the waits before the next ones. Every replica asks for itself whether Jira is back, and sooner. */
const FIRST_MS = 5_000;
const MAX_MS = { refused: 30_000, away: 12_000 } as const;

/** Failures of calls that Jira did not answer, or something in front of it did. */
const NO_ANSWER: readonly FailureCode[] = ['jira-unreachable', 'jira-timeout', 'jira-server-error', 'jira-bad-answer', 'jira-sign-in'];

/**
 * So many calls in a row without an answer of Jira's own raise the question: of so many creates and issues, or of fewer for so long, ms. What fails
 * for one issue only is an affair of its group.
 */
const UNANSWERED = 5;
const LASTING_MS = 60_000;

const CREATE = 'POST /issue';

/** How long a group waits at most for Jira to answer again; it is released as soon as that happens. */
const AWAY_LATEST_MS = 60 * 60_000;

const EARLIER: Failure = {
  code: 'jira-unreachable',
  message: 'Jira did not answer before this start',
  words: null,
  retry: { when: 'backoff' },
};

const DENIED: DeniedPermit = { granted: false, because: 'token-refused', afterMs: MAX_MS.refused, failure: TOKEN_REFUSED };

export function createAccessGate({ governor, clock, random, ask }: AccessGateOptions): AccessGate {
  let state: AccessState = { access: 'accepted', since: null, message: ACCEPTED, refusals: 0, outages: 0 };
  /** Monotonic ms of the next question, and how many were answered with no. */
  let [dueAt, refusedQuestions] = [0, 0];
  let isAsking = false;
  /** The step that goes first: whether it is under way, and whether Jira has let a call of it through. */
  let [first, isLetThrough] = [false, false];
  /** Calls in a row that got no answer: what each was about (null: a create of its own), and monotonic ms. And why the last one got none. */
  let unanswered: { readonly about: string | null; readonly at: number }[] = [];
  let silence = EARLIER;

  function turn(access: AccessState['access'], message: string, counts: Partial<Pick<AccessState, 'refusals' | 'outages'>> = {}): void {
    state = { ...state, ...counts, access, message, since: access === state.access ? state.since : clock.now() };
  }

  function open(): void {
    [refusedQuestions, unanswered] = [0, []];
    turn('accepted', ACCEPTED);
  }

  /** A first refusal is asked about at once: it may have been about one request. */
  function refuse(message: string): void {
    if (state.access === 'accepted') dueAt = clock.monotonic();
    if (state.access === 'one-first') askLater(TOKEN_REFUSED);
    const isNew = state.access !== 'refused' && state.access !== 'one-first';
    turn('refused', message, { refusals: state.refusals + (isNew ? 1 : 0) });
  }

  /** Whether Jira is away is asked at once as well, unless it wants to be left alone: that it answers our question ends the doubt. */
  function unheard(failure: Failure, about: string | null): void {
    silence = failure;
    if (isInDoubt()) return;
    unanswered.push({ about, at: clock.monotonic() });
    if (!isSilent()) return;
    [dueAt, refusedQuestions] = [clock.monotonic() + retryAfterMs(failure), 0];
    turn('away', failure.message);
  }

  function isSilent(): boolean {
    const creates = unanswered.filter(({ about }) => about === null).length;
    const others = new Set(unanswered.map(({ about }) => about)).size - Math.min(creates, 1);
    const lastedMs = clock.monotonic() - (unanswered[0]?.at ?? Infinity);
    return creates + others >= UNANSWERED || (unanswered.length >= UNANSWERED && lastedMs >= LASTING_MS);
  }

  function askLater(failure: Failure): void {
    const most = state.access === 'away' ? MAX_MS.away : MAX_MS.refused;
    const waitMs = Math.min(most, FIRST_MS * 2 ** refusedQuestions) * (0.7 + 0.6 * random());
    refusedQuestions += 1;
    dueAt = clock.monotonic() + Math.max(waitMs, retryAfterMs(failure));
  }

  async function question(): Promise<void> {
    const failure = await ask();
    // A token without the scope for this one question is accepted all the same.
    if (failure === null || failure.code === 'jira-scope') {
      if (state.access === 'away') return open();
      isLetThrough = false;
      return turn('one-first', 'Jira accepts the token again; one step goes first');
    }
    askLater(failure);
    if (failure.code === 'jira-auth') return refuse(failure.message);
    const isNews = state.access === 'away' && refusedQuestions === 1;
    silence = failure;
    turn(state.access, failure.message, { outages: state.outages + (isNews ? 1 : 0) });
  }

  function isInDoubt(): boolean {
    return state.access === 'refused' || state.access === 'unconfirmed' || state.access === 'away';
  }

  async function confirm(): Promise<AccessState> {
    if (!isInDoubt() || isAsking || clock.monotonic() < dueAt) return state;
    isAsking = true;
    await question().finally(() => (isAsking = false));
    return state;
  }

  /** Answers that only an accepted token gets; a busy server, a redirect or a page in front of Jira says nothing about it. */
  function lets(answer: Heard): boolean {
    if (answer.kind !== 'http' || answer.isPage === true) return false;
    if (answer.lacksScopeFor !== undefined) return true;
    const { status } = answer;
    return status < 300 || (status >= 400 && status < 500 && status !== 401 && status !== 429);
  }

  function endFirst(): void {
    first = false;
    if (state.access === 'one-first' && isLetThrough) open();
  }

  function awayFailure(): Failure {
    return { ...silence, retry: { when: 'answers-again', latestMs: AWAY_LATEST_MS } };
  }

  function denial(): DeniedPermit {
    return state.access === 'away' ? { granted: false, because: 'away', afterMs: MAX_MS.away, failure: awayFailure() } : DENIED;
  }

  return {
    async permit(kind, about) {
      await confirm();
      const goesFirst = state.access === 'one-first';
      if (isInDoubt() || (goesFirst && first)) return denial();
      if (goesFirst) first = true;
      const permit = await governor.permit(kind, about);
      const end = (): void => {
        if (permit.granted) permit.release();
        if (goesFirst) endFirst();
      };
      // The access may have ended while this call waited for its turn.
      if (permit.granted && !isInDoubt()) return { granted: true, release: end };
      end();
      return permit.granted ? denial() : permit;
    },
    denied: () => (isInDoubt() ? denial() : null),
    heldBack({ endpoint }) {
      if (!isInDoubt() || (endpoint === QUESTION && isAsking)) return null;
      return state.access === 'away' ? { kind: 'away', failure: awayFailure() } : { kind: 'token-refused' };
    },
    heard(answer, { endpoint, issue }) {
      if (answer.kind === 'http' && answer.status === 401 && answer.lacksScopeFor === undefined) {
        if (state.access !== 'refused') refuse(REFUSED);
        return;
      }
      if (state.access === 'one-first' && endpoint !== QUESTION && lets(answer)) isLetThrough = true;
      const failure = noAnswer(answer, clock.now());
      if (failure === null) unanswered = [];
      else unheard(failure, endpoint === CREATE ? null : (issue ?? endpoint));
    },
    notSignedIn(why) {
      if (!why.isRefused) unheard(failureOf(why, clock.now()), 'sign-in');
      else if (state.access !== 'refused') refuse(why.message);
    },
    state: () => state,
    doubt(because) {
      if (state.access !== 'accepted') return;
      if (because === 'away') turn('away', EARLIER.message);
      else turn('unconfirmed', 'Jira refused the token earlier; nothing is sent before it has accepted it');
    },
    confirm,
    askAtOnce() {
      if (state.access === 'away') dueAt = clock.monotonic();
    },
    accept() {
      if (state.access === 'one-first' && !first) open();
    },
    room() {
      const { callsPerSecond: rate, waiting } = governor.state();
      return Math.ceil(LINE_SECONDS * Math.max(rate.share, rate.of / 2)) - waiting;
    },
  };
}

const ACCEPTED = 'Jira accepts the token';
const REFUSED = `Jira does not accept the credentials; ${RENEW}`;

/** Why this is no answer of Jira's own; null: it is one, be it that it refuses the request. */
function noAnswer(answer: Heard, nowMs: number): Failure | null {
  if (answer.kind === 'http' && answer.status < 300 && answer.isPage !== true) return null;
  const failure = failureOf(answer, nowMs);
  return NO_ANSWER.includes(failure.code) && !isRefusal(answer) ? failure : null;
}
