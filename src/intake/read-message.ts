import type { Finding } from '../findings/finding.ts';
import { FINDING_KINDS } from '../findings/finding-event.ts';
import { isJsonObject, type JsonObject } from '../findings/json.ts';
import { parseFinding } from '../findings/parse-finding.ts';

/** What a message is: a finding, something else that AWS sends on the same source and that we don't want, or unreadable. */
export type ReadMessage =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'ignored'; readonly because: 'access-preview' | 'api-call' }
  | Unreadable;

export interface Unreadable {
  readonly kind: 'unreadable';
  readonly because: UnreadableReason;
  /** Where in the message, such as `detail.status`; empty: the whole of it. */
  readonly path: string;
  /** What was expected there. Never the value. */
  readonly message: string;
}

/** Stable codes, each explained in docs/operations.md. */
export type UnreadableReason =
  | 'not-json'
  | 'too-deep'
  | 'not-an-event'
  | 'foreign-source'
  | 'unknown-detail-type'
  | 'not-a-finding'
  | 'account-not-allowed';

/** Deeper than any event of AWS; what recurses over a message must not be led into a hole. */
const MAX_DEPTH = 64;

/**
 * Reads a message body: an EventBridge event as AWS sends it. Never throws.
 * @param nowMs epoch ms
 * @param allowedAccounts null: all
 */
export function readMessage(body: string, nowMs: number, allowedAccounts: ReadonlySet<string> | null): ReadMessage {
  if (depthOf(body) > MAX_DEPTH) return unreadable('too-deep', '', `expected at most ${MAX_DEPTH} levels of nesting`);
  const event = parseJson(body);
  if (event === undefined) return unreadable('not-json', '', 'expected JSON');
  if (!isJsonObject(event) || typeof event['source'] !== 'string' || !isJsonObject(event['detail'])) {
    return unreadable('not-an-event', '', 'expected an EventBridge event with source, detail-type and detail');
  }
  if (event['source'] !== 'aws.access-analyzer')
    return unreadable('foreign-source', 'source', 'expected "aws.access-analyzer"; narrow the EventBridge rule');
  return readEvent(event, nowMs, allowedAccounts);
}

function readEvent(event: JsonObject, nowMs: number, allowedAccounts: ReadonlySet<string> | null): ReadMessage {
  const detailType = event['detail-type'];
  if (detailType === 'Access Preview State Change') return { kind: 'ignored', because: 'access-preview' };
  if (detailType === 'AWS API Call via CloudTrail') return { kind: 'ignored', because: 'api-call' };
  if (typeof detailType !== 'string' || !Object.hasOwn(FINDING_KINDS, detailType)) {
    return unreadable('unknown-detail-type', 'detail-type', `expected one of ${Object.keys(FINDING_KINDS).join(', ')}`);
  }
  const parsed = parseFinding(event, nowMs);
  if (!parsed.ok) return unreadable('not-a-finding', parsed.path, parsed.message);
  if (allowedAccounts !== null && !allowedAccounts.has(parsed.finding.accountId)) {
    return unreadable('account-not-allowed', 'detail.accountId', 'expected an account of ALLOWED_ACCOUNTS');
  }
  return { kind: 'finding', finding: parsed.finding };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Counts brackets outside strings, before anything is parsed. */
function depthOf(body: string): number {
  let [depth, deepest, inString] = [0, 0, false];
  for (let at = 0; at < body.length; at += 1) {
    const character = body[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}

function unreadable(because: UnreadableReason, path: string, message: string): Unreadable {
  return { kind: 'unreadable', because, path, message };
}
