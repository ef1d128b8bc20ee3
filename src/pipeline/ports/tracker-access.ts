/**
 * Whether the tracker accepts our token, and answers at all. While it does not, nothing is sent but the question whether it does again. When it
 * has accepted a token again, one step goes first, and only when that one was let through do the others follow.
 */
export interface TrackerAccess {
  state(): AccessState;
  /** Failures of an earlier run say that the token may be refused, or the tracker away: nothing is sent before it has answered the question. */
  doubt(because: 'refused' | 'away'): void;
  /** Asks whether the token is accepted, if that or any answer is in doubt and the next question is due. Never throws. */
  confirm(): Promise<AccessState>;
  /** Makes the question due at once: another replica has heard from the tracker. */
  askAtOnce(): void;
  /** Lets all steps go, because there is none to go first. */
  accept(): void;
  /** How many more steps get their permits soon. Zero or less: none. One that waits for its permit too long loses its place among the others. */
  room(): number;
}

export interface AccessState {
  /**
   * `unconfirmed`: not asked yet since it was doubted. `one-first`: the token is accepted, and one step goes first. `away`: the tracker does not
   * answer, or something in front of it does.
   */
  readonly access: (typeof ACCESS)[number];
  /** Since when it is so, epoch ms; null: from the start. */
  readonly since: number | null;
  /** What the tracker said last, in plain words. */
  readonly message: string;
  /** How often the tracker has begun to refuse the token, in the life of the process. */
  readonly refusals: number;
  /** How often it did not answer the question either, after calls that it had not answered, in the life of the process. */
  readonly outages: number;
}

export const ACCESS = ['accepted', 'unconfirmed', 'refused', 'one-first', 'away'] as const;
