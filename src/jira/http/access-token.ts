import type { Clock } from '../../pipeline/ports/clock.ts';
import type { TokenAnswer } from './token-endpoint.ts';

/** The header that signs a request in, or why there is none. */
export type Authorization =
  | { readonly ok: true; readonly header: string }
  | { readonly ok: false; readonly isRefused: boolean; readonly message: string };

/** The state of the access token, for an operator. */
export interface AccessTokenState {
  /** There is a token that has not expired. */
  readonly isValid: boolean;
  /** When the token was got, epoch ms; null: never. */
  readonly gotAt: number | null;
  /** Why the last renewal failed; null: it did not. */
  readonly problem: string | null;
}

/** Access tokens that expire, and are renewed before they do. */
export interface AccessToken {
  /** A token that is valid now. While a valid one is renewed, that one is given. */
  authorization(): Promise<Authorization>;
  /** Another token than this one, which Jira has refused. */
  renewed(refused: string): Promise<Authorization>;
  state(): AccessTokenState;
}

export interface AccessTokenOptions {
  /** Asks the token endpoint once. Never throws, and ends within a bounded time. */
  readonly ask: () => Promise<TokenAnswer>;
  readonly clock: Clock;
  /** 0 to 1, spreads the renewals of several replicas. */
  readonly random: () => number;
}

/** A token is renewed after this share of its lifetime, so that an endpoint that is away for minutes is not felt. */
const RENEW_FROM = 0.75;
const RENEW_TO = 0.85;

/** After this share of its lifetime a token is not used any more: its last request must arrive before it expires. */
const USABLE = 0.95;

/** Waits after failed renewals, ms, x0.7 to x1.3; the last repeats. Meanwhile calls fail at once. */
const WAITS_MS = [1_000, 2_000, 5_000, 10_000, 30_000];

interface Held {
  readonly header: string;
  readonly gotAt: number;
  /** Monotonic ms. */
  readonly renewAt: number;
  /** Monotonic ms. */
  readonly usableUntil: number;
}

/**
 * Keeps one access token for all calls. There is one renewal at a time, whatever the number of calls that wait for it, and none while the
 * endpoint has just failed. No timer: the calls themselves cause the renewals.
 */
export function createAccessToken({ ask, clock, random }: AccessTokenOptions): AccessToken {
  let held: Held | null = null;
  let renewal: Promise<Authorization> | null = null;
  let failure: Extract<Authorization, { ok: false }> | null = null;
  /** Failed renewals in a row, and monotonic ms of the next one. */
  let [failures, nextAt] = [0, -Infinity];

  function usable(): Held | null {
    return held !== null && clock.monotonic() < held.usableUntil ? held : null;
  }

  async function renewNow(): Promise<Authorization> {
    const askedAt = clock.monotonic();
    const answer = await ask();
    if (answer.ok) {
      const share = RENEW_FROM + (RENEW_TO - RENEW_FROM) * random();
      held = {
        header: `Bearer ${answer.token}`,
        gotAt: clock.now(),
        renewAt: askedAt + answer.lifetimeMs * share,
        usableUntil: askedAt + answer.lifetimeMs * USABLE,
      };
      [failure, failures] = [null, 0];
      return { ok: true, header: held.header };
    }
    failure = { ok: false, isRefused: answer.isRefused, message: answer.message };
    nextAt = clock.monotonic() + (WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 0) * (0.7 + 0.6 * random());
    failures += 1;
    return failure;
  }

  function renew(): Promise<Authorization> {
    if (renewal !== null) return renewal;
    if (failure !== null && clock.monotonic() < nextAt) return Promise.resolve(failure);
    const running = renewNow().finally(() => (renewal = null));
    renewal = running;
    return running;
  }

  return {
    async authorization() {
      const token = usable();
      if (token === null) return renew();
      // Its outcome is awaited by the calls that find no valid token.
      if (clock.monotonic() >= token.renewAt) void renew();
      return { ok: true, header: token.header };
    },
    async renewed(refused) {
      const token = usable();
      if (token !== null && token.header !== refused) return { ok: true, header: token.header };
      if (renewal === null) held = null;
      return renew();
    },
    state: () => ({ isValid: usable() !== null, gotAt: held?.gotAt ?? null, problem: failure?.message ?? null }),
  };
}
