import { parseArn } from '../findings/arn.ts';
import { isJsonObject, type Json, type JsonObject } from '../findings/json.ts';
import { eventOfAsff } from './asff-event.ts';
import { refusal, type Ignored, type Refusal } from './message-part.ts';

/** One finding of an event of Security Hub: as an event of Access Analyzer, or the reason why it is none. */
export type HubMember =
  | { readonly kind: 'event'; readonly event: JsonObject; readonly path: string; readonly alone: Alone }
  | Ignored
  | RefusedMember;

type RefusedMember = Refusal & { readonly alone: Alone };

/** The event with this one finding, so that it can be kept and read again by itself; null: the event has no other. */
type Alone = JsonObject | null;

/**
 * The findings of an event of Security Hub, of any product, each read by itself.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-securityhub.html
 * @returns at least one
 */
export function readSecurityHub(event: JsonObject): readonly HubMember[] {
  const detail = event['detail'];
  switch (event['detail-type']) {
    case 'Security Hub Findings - Imported': {
      const members = membersOf(detail);
      return members.length === 0
        ? [whole(refusal('not-a-finding', 'detail.findings', 'expected a list of findings'))]
        : members.map((member, index) => readMember(event, member, index, members.length));
    }
    case 'Findings Imported V2':
      return [{ kind: 'ignored', because: isAboutAccess(detail) ? 'ocsf-finding' : 'other-product' }];
    default:
      return [whole(refusal('unknown-detail-type', 'detail-type', 'expected "Security Hub Findings - Imported"'))];
  }
}

function whole(why: Refusal): RefusedMember {
  return { ...why, alone: null };
}

function readMember(event: JsonObject, member: Json, index: number, members: number): HubMember {
  const path = `detail.findings.${index}`;
  const alone = members === 1 ? null : { ...event, detail: { findings: [member] } };
  const product = isJsonObject(member) ? member['ProductArn'] : undefined;
  if (typeof product !== 'string') return { ...refusal('not-a-finding', `${path}.ProductArn`, 'expected the ARN of a product'), alone };
  if (!isAccessAnalyzer(product)) return { kind: 'ignored', because: 'other-product' };
  const read = eventOfAsff(member, { time: event['time'] ?? null, region: event['region'] ?? null });
  return read.ok
    ? { kind: 'event', event: read.event, path, alone }
    : { ...refusal('not-a-finding', `${path}.${read.path}`, read.message), alone };
}

/** True in every partition. */
function isAccessAnalyzer(productArn: string): boolean {
  const arn = parseArn(productArn);
  return arn?.service === 'securityhub' && arn.resource === 'product/aws/access-analyzer';
}

/** The newer form names its product in words that AWS does not guarantee. */
function isAboutAccess(detail: Json | undefined): boolean {
  return membersOf(detail).some((member) => {
    const metadata = isJsonObject(member) ? member['metadata'] : undefined;
    return isJsonObject(metadata) && /access[- ]analyzer/i.test(JSON.stringify(metadata['product'] ?? null));
  });
}

function membersOf(detail: Json | undefined): readonly Json[] {
  const raw = isJsonObject(detail) ? detail['findings'] : undefined;
  return Array.isArray(raw) ? raw : [];
}
