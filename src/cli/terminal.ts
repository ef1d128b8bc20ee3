/** One of the two output streams. */
export interface Output {
  write(text: string): void;
  /** Whether a person reads it. Only then are there colours, progress bars, and columns that are cut to fit. */
  readonly isTerminal: boolean;
  /** Characters in a line; changes with the window. */
  readonly columns: number;
  /** Whether it shows colours. */
  readonly hasColours: boolean;
}

/** All that a command has of its surroundings. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks and resolves with the answer. Null: the input is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Epoch ms. */
  now(): number;
  /** @throws when Ctrl-C is pressed meanwhile */
  sleep(ms: number): Promise<void>;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}
