import type { Failure } from '../../issues/failure.ts';
import type { Clock } from '../../pipeline/ports/clock.ts';
import type { DeniedPermit, Permit, PermitKind } from '../../pipeline/ports/issue-tracker.ts';
import type { AccessState, TrackerAccess } from '../../pipeline/ports/tracker-access.ts';
import type { Heard, NotSignedIn } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { RENEW, TOKEN_REFUSED } from '../http/outcome-table.ts';
import type { RateGovernor } from './rate-governor.ts';

/** Stops all calls while Jira refuses our token, so that a revoked token is one event and not one for each group. */
export interface TokenGate extends TrackerAccess {
  /** A permit of the governor, unless the token is refused. Asks Jira about the token first where that question is due. */
  permit(kind: PermitKind, about?: string): Promise<Permit>;
  /** The last check before a request is sent. */
  isRefused(operation: Operation): boolean;
  /** Learns from every answer. */
  heard(answer: Heard, operation: Operation): void;
  /** Learns that there is no access token. One that its endpoint refuses is like one that Jira refuses; an endpoint that is away is not. */
  notSignedIn(why: NotSignedIn): void;
}

export interface TokenGateOptions {
  readonly governor: Pick<RateGovernor, 'permit'>;
  readonly clock: Clock;
  /** 0 to 1, spreads the questions of several replicas, x0.7 to x1.3. */
  readonly random: () => number;
  /** Asks Jira for our account. Null: it knows us. */
  readonly ask: () => Promise<Failure | null>;
}

const QUESTION = 'GET /myself';

/** The first question comes at once; these are the waits before the next ones. */
const FIRST_MS = 5_000;
const MAX_MS = 30_000;

const DENIED: DeniedPermit = { granted: false, because: 'token-refused', afterMs: MAX_MS, failure: TOKEN_REFUSED };

export function createTokenGate({ governor, clock, random, ask }: TokenGateOptions): TokenGate {
  let state: AccessState = { access: 'accepted', since: null, message: 'Jira accepts the token', refusals: 0 };
  /** Monotonic ms of the next question, and how many were answered with no. */
  let [dueAt, refusedQuestions] = [0, 0];
  let isAsking = false;
  /** The step that goes first: whether it is under way, and whether Jira has let a call of it through. */
  let [first, isLetThrough] = [false, false];

  function turn(access: AccessState['access'], message: string, refusals = state.refusals): void {
    state = { access, message, refusals, since: access === state.access ? state.since : clock.now() };
  }

  function open(): void {
    refusedQuestions = 0;
    turn('accepted', 'Jira accepts the token');
  }

  /** A first refusal is asked about at once: it may have been about one request. */
  function refuse(message: string): void {
    if (state.access === 'accepted') dueAt = clock.monotonic();
    if (state.access === 'one-first') askLater();
    const isNew = state.access === 'accepted' || state.access === 'unconfirmed';
    turn('refused', message, state.refusals + (isNew ? 1 : 0));
  }

  function askLater(): void {
    const waitMs = Math.min(MAX_MS, FIRST_MS * 2 ** refusedQuestions) * (0.7 + 0.6 * random());
    refusedQuestions += 1;
    dueAt = clock.monotonic() + waitMs;
  }

  async function question(): Promise<void> {
    const failure = await ask();
    // A token without the scope for this one question is accepted all the same.
    if (failure === null || failure.code === 'jira-scope') {
      isLetThrough = false;
      return turn('one-first', 'Jira accepts the token again; one step goes first');
    }
    askLater();
    if (failure.code === 'jira-auth') refuse(failure.message);
    else turn(state.access, failure.message);
  }

  function isInDoubt(): boolean {
    return state.access === 'refused' || state.access === 'unconfirmed';
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

  return {
    async permit(kind, about) {
      await confirm();
      const goesFirst = state.access === 'one-first';
      if (isInDoubt() || (goesFirst && first)) return DENIED;
      if (goesFirst) first = true;
      const permit = await governor.permit(kind, about);
      const end = (): void => {
        if (permit.granted) permit.release();
        if (goesFirst) endFirst();
      };
      // The token may have been refused while this call waited for its turn.
      if (permit.granted && !isInDoubt()) return { granted: true, release: end };
      end();
      return permit.granted ? DENIED : permit;
    },
    isRefused: ({ endpoint }) => isInDoubt() && !(endpoint === QUESTION && isAsking),
    heard(answer, { endpoint }) {
      if (answer.kind === 'http' && answer.status === 401 && answer.lacksScopeFor === undefined) {
        if (state.access !== 'refused') refuse(REFUSED);
        return;
      }
      if (state.access === 'one-first' && endpoint !== QUESTION && lets(answer)) isLetThrough = true;
    },
    notSignedIn({ isRefused, message }) {
      if (isRefused && state.access !== 'refused') refuse(message);
    },
    state: () => state,
    doubt() {
      if (state.access === 'accepted') turn('unconfirmed', 'Jira refused the token earlier; nothing is sent before it has accepted it');
    },
    confirm,
    accept() {
      if (state.access === 'one-first' && !first) open();
    },
  };
}

const REFUSED = `Jira does not accept the credentials; ${RENEW}`;
