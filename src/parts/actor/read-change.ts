import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { isJsonObject, type JsonObject } from '../../findings/json.ts';
import type { ChangedFact } from '../../issues/facts/facts.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/**
 * The parts of CloudTrail's record that say who did what, and when.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
const EventRecord = Type.Object({
  eventTime: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}' }),
  eventSource: Type.String(),
  eventName: Type.String({ minLength: 1 }),
  awsRegion: Type.String(),
  userIdentity: Type.Object({
    type: Text,
    arn: Text,
    accountId: Text,
    userName: Text,
    invokedBy: Text,
    sessionContext: Type.Optional(
      Type.Object({ sessionIssuer: Type.Optional(Type.Object({ type: Text, userName: Text, arn: Text })) }, { additionalProperties: true }),
    ),
  }),
  userAgent: Text,
  errorCode: Text,
  recipientAccountId: Text,
  sessionCredentialFromConsole: Type.Optional(Type.Unknown()),
});
type EventRecord = Static<typeof EventRecord>;

const eventRecord = Compile(EventRecord);

/** A change that CloudTrail has recorded, without the request. */
export interface RecordedChange {
  readonly source: string;
  readonly accountId: string;
  readonly region: string;
  /** Epoch ms. */
  readonly at: number;
  readonly failed: boolean;
  /** Null: the record does not say who it was, in a form that is known. */
  readonly fact: ChangedFact | null;
  readonly action: string;
  /** Only to be looked at, and kept nowhere. */
  readonly parameters: JsonObject;
}

/** @returns null when the text is no record of CloudTrail */
export function readChange(text: string): RecordedChange | null {
  const raw = parseObject(text);
  if (raw === null || !eventRecord.Check(raw)) return null;
  const at = Date.parse(raw.eventTime);
  if (Number.isNaN(at)) return null;
  const parameters: unknown = Object.hasOwn(raw, 'requestParameters') ? Reflect.get(raw, 'requestParameters') : null;
  const who = whoOf(raw);
  return {
    source: raw.eventSource,
    accountId: raw.recipientAccountId ?? '',
    region: raw.awsRegion,
    at,
    failed: (raw.errorCode ?? '') !== '',
    action: raw.eventName,
    parameters: isJsonObject(parameters) ? parameters : {},
    fact: who === null ? null : { ...who, action: raw.eventName, at: new Date(at).toISOString(), by: meansOf(raw) },
  };
}

type Who = Pick<ChangedFact, 'principal' | 'role' | 'session' | 'person'>;

/** Roles of IAM Identity Center are under a path that IAM keeps for it, so its sessions carry the person's name for certain. */
const IDENTITY_CENTER = /:role\/aws-reserved\/sso\.amazonaws\.com\/(?:[^/]+\/)?AWSReservedSSO_[^/]+$/;

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function whoOf({ userIdentity }: EventRecord): Who | null {
  const { type, userName, accountId, invokedBy } = userIdentity;
  switch (type) {
    case 'AssumedRole':
      return roleSession(userIdentity);
    case 'IAMUser':
    case 'SAMLUser':
    case 'WebIdentityUser':
    case 'IdentityCenterUser':
      return named(userName);
    case 'FederatedUser':
      return named(lastPart(userIdentity.arn));
    case 'Root':
      return named('the root user');
    case 'AWSAccount':
      return named(accountId === undefined || accountId === null ? null : `account ${accountId}`);
    case 'AWSService':
      return named(invokedBy);
    default:
      return null;
  }
}

function named(name: string | null | undefined): Who | null {
  return name === null || name === undefined || name === '' ? null : { principal: name, role: null, session: null, person: false };
}

function roleSession({ arn, sessionContext }: EventRecord['userIdentity']): Who | null {
  const [, ofArn = '', session = ''] = /:assumed-role\/(?:.*\/)?([^/]+)\/([^/]+)$/.exec(arn ?? '') ?? [];
  const issuer = sessionContext?.sessionIssuer;
  const role = issuer?.userName || ofArn;
  if (role === '') return null;
  const person = IDENTITY_CENTER.test(issuer?.arn ?? '') && EMAIL.test(session);
  return { principal: person ? session : role, role, session: session === '' ? null : session, person };
}

function lastPart(arn: string | null | undefined): string {
  return arn?.slice(arn.lastIndexOf('/') + 1) ?? '';
}

/** The first that fits. A program names itself as it likes: this says how it was done, and never who did it. */
function meansOf({ userIdentity, userAgent, sessionCredentialFromConsole }: EventRecord): ChangedFact['by'] {
  const agent = userAgent ?? '';
  const invokedBy = userIdentity.invokedBy ?? '';
  if ([invokedBy, agent].includes('cloudformation.amazonaws.com')) return 'cloudformation';
  if (userIdentity.type === 'AWSService' || invokedBy !== '') return 'service';
  if (/hashicorp|terraform|opentofu/i.test(agent)) return 'terraform';
  if (/\baws-cli\//.test(agent)) return 'cli';
  if (sessionCredentialFromConsole === 'true' || sessionCredentialFromConsole === true) return 'console';
  if (/console\.amazonaws\.com|signin\.amazonaws\.com|S3Console|^Mozilla\//.test(agent)) return 'console';
  return /boto|aws-sdk|sdk-/i.test(agent) ? 'sdk' : 'unknown';
}

function parseObject(text: string): JsonObject | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
