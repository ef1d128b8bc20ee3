import type { Problem } from '../../rules/problem.ts';

/** Where rules are written besides the API. */
export interface RulesSource {
  /** Never throws. @returns null: nothing else than what was returned before, or it is still changing */
  read(): Promise<SourceRead | null>;
  /** Problems of its content, as lines that name the source. */
  inFile(problems: readonly Problem[]): readonly string[];
}

/** What the source says, still unchecked; or one line for each problem. */
export type SourceRead = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problems: readonly string[] };
