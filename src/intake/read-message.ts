import { parseArn } from '../findings/arn.ts';
import { FINDING_KINDS } from '../findings/finding-event.ts';
import { isJsonObject, type Json, type JsonObject } from '../findings/json.ts';
import { parseFinding } from '../findings/parse-finding.ts';
import { eventOfDetail, isBareDetail, noFindingOf } from './bare-detail.ts';
import { refusal, type MessagePart, type Refusal } from './message-part.ts';
import { readSecurityHub, type HubMember } from './security-hub.ts';
import { notAnEvent, unwrapMessage } from './unwrap-message.ts';

/** The conditions for a finding. */
interface Terms {
  /** Epoch ms. */
  readonly nowMs: number;
  /** Null: all. */
  readonly allowedAccounts: ReadonlySet<string> | null;
}

/** A part; an unreadable one still lacks its text to keep. */
type Part = Exclude<MessagePart, { readonly kind: 'unreadable' }> | Refusal;

/**
 * Reads a message body: an event of Access Analyzer as EventBridge sends it, the `detail` of one alone, or an event of Security Hub with any
 * number of findings; each of these may be wrapped by SNS. Never throws.
 * @param nowMs epoch ms
 * @param allowedAccounts null: all
 * @returns at least one part
 */
export function readMessage(body: string, nowMs: number, allowedAccounts: ReadonlySet<string> | null): readonly MessagePart[] {
  const terms = { nowMs, allowedAccounts };
  const unwrapped = unwrapMessage(body);
  if (unwrapped.kind !== 'content') return [keeping(unwrapped, body)];
  const { content } = unwrapped;
  if (content['source'] !== 'aws.securityhub') return [keeping(readContent(content, terms), body)];
  return readSecurityHub(content).map((member) => readMember(member, terms, body));
}

function keeping(part: Part, body: string): MessagePart {
  return part.kind === 'unreadable' ? { ...part, body } : part;
}

function readMember(member: HubMember, terms: Terms, body: string): MessagePart {
  if (member.kind === 'ignored') return member;
  const { alone, ...rest } = member;
  const kept = alone === null ? body : JSON.stringify(alone);
  if (rest.kind === 'unreadable') return { ...rest, body: kept };
  const read = readEvent(rest.event, terms);
  return read.kind === 'unreadable' ? { ...read, path: rest.path, message: `${read.path}: ${read.message}`, body: kept } : read;
}

function readContent(content: JsonObject, terms: Terms): Part {
  if (typeof content['source'] !== 'string' || !isJsonObject(content['detail'])) return readDetail(content, terms);
  if (content['source'] === 'aws.access-analyzer-test') return fromTest('source');
  if (content['source'] === 'aws.access-analyzer') return readEvent(content, terms);
  return refusal('foreign-source', 'source', 'expected "aws.access-analyzer" or "aws.securityhub"; narrow the EventBridge rule');
}

function readDetail(content: JsonObject, terms: Terms): Part {
  const because = noFindingOf(content);
  if (because !== null) return { kind: 'ignored', because };
  if (!isBareDetail(content)) return notAnEvent();
  const event = eventOfDetail(content);
  if (event === null) return refusal('not-a-finding', 'updatedAt', 'expected an ISO 8601 time');
  const read = readEvent(event, terms);
  return read.kind === 'unreadable' ? { ...read, path: read.path.replace(/^detail\./, '') } : read;
}

function readEvent(event: JsonObject, { nowMs, allowedAccounts }: Terms): Part {
  const detailType = event['detail-type'];
  if (detailType === 'Access Preview State Change') return { kind: 'ignored', because: 'access-preview' };
  if (detailType === 'AWS API Call via CloudTrail') return { kind: 'ignored', because: 'api-call' };
  if (typeof detailType !== 'string' || !Object.hasOwn(FINDING_KINDS, detailType)) {
    return refusal('unknown-detail-type', 'detail-type', `expected one of ${Object.keys(FINDING_KINDS).join(', ')}`);
  }
  if (isOfBeta(event['resources'])) return fromTest('resources');
  const parsed = parseFinding(event, nowMs);
  if (!parsed.ok) return refusal('not-a-finding', parsed.path, parsed.message);
  if (allowedAccounts !== null && !allowedAccounts.has(parsed.finding.accountId)) {
    return refusal('account-not-allowed', 'detail.accountId', 'expected an account of ALLOWED_ACCOUNTS');
  }
  return { kind: 'finding', finding: parsed.finding };
}

/** Samples of AWS show a source and an analyzer of a test of the service itself: their findings are not real. */
function fromTest(path: string): Refusal {
  return refusal('test-source', path, 'expected Access Analyzer itself, and no test or beta of it');
}

function isOfBeta(resources: Json | undefined): boolean {
  return Array.isArray(resources) && resources.some((arn) => typeof arn === 'string' && parseArn(arn)?.service === 'access-analyzer-beta');
}
