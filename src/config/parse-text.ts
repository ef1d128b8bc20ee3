import { once } from 'node:events';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import type { ChunkedWork } from '../rules/chunked-work.ts';
import { joinJson, type JsonPieces } from '../rules/json-pieces.ts';
import type { Problem } from '../rules/problem.ts';
import { parseHere, type TextFormat, type UnparsedBecause } from './parse-here.ts';
import type { YamlFault } from './read-yaml.ts';

/** The unchecked content of a text, to be put together in chunks. */
export type ParsedText =
  | { readonly ok: true; readonly content: ChunkedWork<unknown> }
  /** It is not YAML; each problem with a place such as `line 3, column 5`. */
  | { readonly ok: false; readonly because: 'not-yaml'; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly because: UnparsedBecause | 'too-costly' };

/** The answer of the thread. */
export type ThreadAnswer =
  | { readonly ok: true; readonly pieces: JsonPieces }
  | { readonly ok: false; readonly because: 'not-yaml'; readonly faults: readonly YamlFault[] }
  | { readonly ok: false; readonly because: UnparsedBecause };

/** The most that parsing a request may take. As YAML, ten thousand rules of 250 characters need two thirds of it. */
const REQUEST_LIMITS: ResourceLimits = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };

/** Time limit for parsing a text in a thread, ms. */
const PARSE_MS = 60_000;

/**
 * Parses the text of a request. Never throws.
 * @param where `thread`: in a thread of bounded memory and time, so that other work runs meanwhile
 */
export async function parseText(text: string, format: TextFormat, where: 'here' | 'thread'): Promise<ParsedText> {
  if (where === 'thread') return parseInThread(text, format, REQUEST_LIMITS);
  const parsed = parseHere(text, format);
  if (parsed.ok) return { ok: true, content: contentOf(parsed.value) };
  return parsed.because === 'not-yaml' ? { ok: false, because: 'not-yaml', problems: problemsOf(parsed.faults) } : parsed;
}

/** @param limits undefined: those of the process */
export async function parseInThread(text: string, format: TextFormat, limits?: ResourceLimits): Promise<ParsedText> {
  const answer = await answerOfThread(text, format, limits);
  if (answer === null) return { ok: false, because: 'too-costly' };
  if (answer.ok) return { ok: true, content: joinJson(answer.pieces) };
  return answer.because === 'not-yaml' ? { ok: false, because: 'not-yaml', problems: problemsOf(answer.faults) } : answer;
}

/** @returns null when the thread took too much memory or time */
async function answerOfThread(text: string, format: TextFormat, limits: ResourceLimits | undefined): Promise<ThreadAnswer | null> {
  const options = { workerData: { text, format }, ...(limits === undefined ? {} : { resourceLimits: limits }) };
  const thread = new Worker(new URL('./parse-thread.ts', import.meta.url), options);
  try {
    const [answer]: ThreadAnswer[] = await once(thread, 'message', { signal: AbortSignal.timeout(PARSE_MS) });
    return answer ?? null;
  } catch {
    return null;
  } finally {
    await thread.terminate();
  }
}

/** Parsed here, the content is there already: a single chunk. */
function* contentOf(value: unknown): ChunkedWork<unknown> {
  yield;
  return value;
}

function problemsOf(faults: readonly YamlFault[]): readonly Problem[] {
  return faults.map(({ at, message }) => ({ path: at === null ? '' : `line ${at.line}, column ${at.column}`, message }));
}
