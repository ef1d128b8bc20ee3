import Fastify, { type FastifyRequest } from 'fastify';

/** `cut`: no answer, the connection ends. `hangs`: no answer ever. `garbage`: a page that is not AWS's. */
export type StsFault = 'cut' | 'hangs' | 'garbage' | 'Throttling' | 'ServiceUnavailable' | 'ExpiredTokenException';

/** All may be changed at any time. */
export interface StsFaults {
  /** Accounts without the role, or whose role does not trust the service: AWS tells neither apart. `all`: every account. */
  denied: readonly string[] | 'all';
  /** For single requests, in order. */
  next: StsFault[];
}

export interface StsSimulator {
  /** Base URL, for `AWS_ENDPOINT_URL_STS`. */
  readonly url: string;
  readonly faults: StsFaults;
  /** Every request, oldest first. */
  history(): readonly { readonly roleArn: string; readonly region: string; readonly sessionName: string }[];
  close(): Promise<void>;
}

export interface StsSimulatorOptions {
  /** The account of the service's own credentials. */
  readonly ownAccount?: string;
  /** 0, the default: a free port. */
  readonly port?: number;
  readonly host?: string;
}

const ROLE = /^arn:aws(?:-cn|-us-gov)?:iam::(\d{12}):role\/[\w+=,.@/-]{1,512}$/;
const SESSION = /^[\w+=,.@-]{2,64}$/;
const MANAGEMENT = '111122223333';
const [MIN_SECONDS, MAX_SECONDS] = [900, 43_200];

/**
 * Starts a simulation of AssumeRole, in the protocol of the SDK (Query, XML). Each session's key names its account, so that other simulators
 * know in whose name they are asked. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function startStsSimulator(options: StsSimulatorOptions = {}): Promise<StsSimulator> {
  const host = options.host ?? '127.0.0.1';
  const faults: StsFaults = { denied: [], next: [] };
  const requests: { readonly roleArn: string; readonly region: string; readonly sessionName: string }[] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.post('/', (request, reply) => {
    const asked = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    if (asked.get('Action') === 'GetCallerIdentity') return reply.type('text/xml').send(identity(options.ownAccount ?? MANAGEMENT));
    const [roleArn, sessionName] = [asked.get('RoleArn') ?? '', asked.get('RoleSessionName') ?? ''];
    requests.push({ roleArn, sessionName, region: signedRegion(request) ?? '' });
    const fault = faults.next.shift();
    if (fault === 'hangs') return reply.hijack();
    if (fault === 'cut') {
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    if (fault === 'garbage') return reply.type('text/html').send('<html><body>Please sign in</body></html>');
    const refused = fault ?? refusalOf(asked, signedRegion(request), faults);
    const xml = refused === null ? session(roleArn, sessionName, Number(asked.get('DurationSeconds') ?? 3_600)) : error(refused);
    return reply
      .code(refused === null ? 200 : (STATUS[refused] ?? 400))
      .type('text/xml')
      .send(xml);
  });
  await app.listen({ host, port: options.port ?? 0 });
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : options.port;
  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    faults,
    history: () => [...requests],
    close: () => app.close(),
  };
}

/** The account of a session that the simulation gave; null: the request is not signed by one. */
export function sessionAccount({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return /^AWS4-HMAC-SHA256 Credential=ASIA(\d{12})\//.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** Each error has a status of its own. */
const STATUS: Readonly<Record<string, number>> = { AccessDenied: 403, InvalidClientTokenId: 403, ServiceUnavailable: 503 };

function refusalOf(asked: URLSearchParams, region: string | null, { denied }: StsFaults): string | null {
  if (region === null) return 'InvalidClientTokenId';
  const account = ROLE.exec(asked.get('RoleArn') ?? '')?.[1];
  const seconds = Number(asked.get('DurationSeconds') ?? MIN_SECONDS);
  const isValid = asked.get('Action') === 'AssumeRole' && SESSION.test(asked.get('RoleSessionName') ?? '');
  if (account === undefined || !isValid || seconds < MIN_SECONDS || seconds > MAX_SECONDS) return 'ValidationError';
  return denied === 'all' || denied.includes(account) ? 'AccessDenied' : null;
}

/** The Region of a version 4 signature for this service; null: there is none. */
function signedRegion({ headers }: FastifyRequest): string | null {
  return /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/sts\/aws4_request,/.exec(headers.authorization ?? '')?.[1] ?? null;
}

function session(roleArn: string, sessionName: string, seconds: number): string {
  const account = ROLE.exec(roleArn)?.[1] ?? '';
  const assumed = roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/');
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:${sessionName}</AssumedRoleId><Arn>${assumed}/${sessionName}</Arn></AssumedRoleUser>
<Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session-of-${account}</SessionToken>
<Expiration>${new Date(Date.now() + seconds * 1_000).toISOString()}</Expiration></Credentials>
</AssumeRoleResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></AssumeRoleResponse>`;
}

/** It needs no right. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
function identity(account: string): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:sts::${account}:assumed-role/findings-to-jira/service</Arn><UserId>AROAEXAMPLE:service</UserId><Account>${account}</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></GetCallerIdentityResponse>`;
}

function error(code: string): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>
<Message>As the simulation says.</Message></Error><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>`;
}
