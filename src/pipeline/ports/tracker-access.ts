/**
 * Whether the tracker accepts our token. While it refuses it, nothing is sent but the question whether it accepts it again; after a yes, one
 * step goes first, and only when that one was let through do the others follow.
 */
export interface TrackerAccess {
  state(): AccessState;
  /** Earlier failures say that the token may be refused: nothing is sent before the tracker has accepted it. */
  doubt(): void;
  /** Asks whether the token is accepted, if that is in doubt and the next question is due. Never throws. */
  confirm(): Promise<AccessState>;
  /** Lets all steps go, because there is none to go first. */
  accept(): void;
}

export interface AccessState {
  /** `unconfirmed`: not asked yet since it was doubted. `one-first`: the token is accepted, and one step goes first. */
  readonly access: 'accepted' | 'unconfirmed' | 'refused' | 'one-first';
  /** Since when it is so, epoch ms; null: from the start. */
  readonly since: number | null;
  /** What the tracker said last, in plain words. */
  readonly message: string;
  /** How often the tracker has begun to refuse the token, in the life of the process. */
  readonly refusals: number;
}
