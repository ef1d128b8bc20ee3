/** What a scenario shows. */
export interface SoakResult {
  /** What was measured, by what it is called in the table. */
  readonly figures: Readonly<Record<string, string>>;
  /** Promises that were broken, whatever the machine. */
  readonly violations: readonly string[];
  /** Bounds on time that were exceeded; a machine that is too slow may do so, too. */
  readonly late: readonly string[];
}

/** A long test of whole service processes, which `npm run soak` plays. */
export interface Scenario {
  readonly name: string;
  /** What this machine lacks to play it; null: nothing. */
  readonly missing: string | null;
  /** How long it lasts unless the command says otherwise; absent: as long as all others. */
  readonly usualSeconds?: number;
  /** @param seconds how long the fault lasts, or what is measured goes on */
  play(seconds: number): Promise<SoakResult>;
}
