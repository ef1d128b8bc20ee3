import { parentPort, workerData } from 'node:worker_threads';
import { cutJson } from '../rules/json-pieces.ts';
import { parseHere, type TextFormat } from './parse-here.ts';
import type { ThreadAnswer } from './parse-text.ts';

/** Parses one text in its own thread, for `parse-text.ts`. The content goes back as short texts, which cost the receiver the least. */
function answerOf({ text, format }: { readonly text: string; readonly format: TextFormat }): ThreadAnswer {
  const parsed = parseHere(text, format);
  return parsed.ok ? { ok: true, pieces: cutJson(parsed.value) } : parsed;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread leads to one place only
parentPort?.postMessage(answerOf(workerData));
