import type { Problem } from '../../rules/problem.ts';

/** A source of rules besides the API. */
export interface RulesSource {
  /** Never throws. @returns null: unchanged since the last read, or still changing */
  read(): Promise<SourceRead | null>;
  /** Problems of its content, as lines that name the source. */
  inFile(problems: readonly Problem[]): readonly string[];
}

/** The source's content, still unchecked; or one line for each problem. */
export type SourceRead = { readonly ok: true; readonly input: unknown } | { readonly ok: false; readonly problems: readonly string[] };
