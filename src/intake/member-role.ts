import type { AssumedRole, AwsAccess, MemberRole, SessionCredentials } from '../pipeline/ports/aws-access.ts';
import type { Refusal } from '../pipeline/ports/details-source.ts';
import { endOf } from './analyzer-calls.ts';
import { badAnswer, refusalFrom } from './analyzer-refusal.ts';

export interface MemberRoleOptions extends Pick<AwsAccess, 'clientSettings'> {
  readonly roleName: string;
  /** Wall clock, epoch ms. */
  readonly now: () => number;
}

const TIMEOUT_MS = 10_000;

/** The name of the service's sessions in CloudTrail of the member accounts. */
const SESSION_NAME = 'findings-to-jira';

/** The shortest that AWS allows: a session that leaks is soon worth nothing. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const SESSION_SECONDS = 900;

/** A session is not used in its last minutes, ms: a call that begins with it must end with it. */
const MARGIN_MS = 2 * 60_000;

/** A refusal is kept for so long, ms: a thousand findings of an account without the role are one question. */
const REFUSED_MS = 5 * 60_000;

/** More accounts than an organization has. */
const MAX_KEPT = 10_000;

/** A session, or the refusal of one, and until when it is used; epoch ms. */
interface Kept {
  readonly role: AssumedRole;
  readonly until: number;
}

/** @see MemberRole */
export function createMemberRole({ roleName, clientSettings, now }: MemberRoleOptions): MemberRole {
  const kept = new Map<string, Kept>();
  const asking = new Map<string, Promise<AssumedRole>>();

  async function ask(accountId: string, region: string, stopping: AbortSignal): Promise<AssumedRole> {
    const sdk = await import('@aws-sdk/client-sts');
    const client = new sdk.STSClient({ ...clientSettings(), region });
    const abortSignal = AbortSignal.any([stopping, AbortSignal.timeout(TIMEOUT_MS)]);
    const RoleArn = roleArn(roleName, accountId, region);
    try {
      const command = new sdk.AssumeRoleCommand({ RoleArn, RoleSessionName: SESSION_NAME, DurationSeconds: SESSION_SECONDS });
      const { Credentials } = await Promise.race([client.send(command, { abortSignal }), endOf(abortSignal)]);
      const credentials = sessionFrom(Credentials);
      if (credentials === null) return { ok: false, refusal: badAnswer('a session that could not be read') };
      return { ok: true, credentials };
    } catch (error) {
      return { ok: false, refusal: judged(error, RoleArn) };
    } finally {
      client.destroy();
    }
  }

  async function askOnce(key: string, accountId: string, region: string, stopping: AbortSignal): Promise<AssumedRole> {
    const role = await ask(accountId, region, stopping);
    if (kept.size >= MAX_KEPT) kept.clear();
    // Silence is asked about again at the next call.
    if (role.ok) kept.set(key, { role, until: role.credentials.expiration.getTime() - MARGIN_MS });
    else if (role.refusal.code === 'denied') kept.set(key, { role, until: now() + REFUSED_MS });
    return role;
  }

  return {
    assume(accountId, region, stopping) {
      const key = `${partitionOf(region)} ${accountId}`;
      const known = kept.get(key);
      if (known !== undefined && known.until > now()) return Promise.resolve(known.role);
      const running = asking.get(key);
      if (running !== undefined) return running;
      const started = askOnce(key, accountId, region, stopping).finally(() => asking.delete(key));
      asking.set(key, started);
      return started;
    },
  };
}

/** STS says "not authorized" alike where the role is missing, where it does not trust the service, and where the service may not assume it. */
function judged(error: unknown, RoleArn: string): Refusal {
  const refusal = refusalFrom(error, { right: '', analyzerArn: '', accountId: '' });
  if (refusal.code !== 'denied' || refusal.concerns === 'all') return refusal;
  const message = `the service can not assume ${RoleArn}: the role is missing, or it does not trust the role of the service, or that one lacks sts:AssumeRole`;
  return { ...refusal, message };
}

function roleArn(roleName: string, accountId: string, region: string): string {
  return `arn:${partitionOf(region)}:iam::${accountId}:role/${roleName}`;
}

/** Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function sessionFrom(
  raw:
    | {
        readonly AccessKeyId?: string | undefined;
        readonly SecretAccessKey?: string | undefined;
        readonly SessionToken?: string | undefined;
        readonly Expiration?: Date | undefined;
      }
    | undefined,
): SessionCredentials | null {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = raw ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined || SessionToken === undefined || Expiration === undefined) return null;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken, expiration: Expiration };
}
