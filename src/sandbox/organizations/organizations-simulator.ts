import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { isJsonObject, type JsonObject } from '../../findings/json.ts';

/** An account of the simulated organization. */
export interface SimulatedAccount {
  readonly id: string;
  readonly name: string;
  readonly state: 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';
  /** Ids from the root down to its unit. */
  readonly path: readonly [string, ...string[]];
  /** Absent: it has no tags. */
  readonly tags?: Readonly<Record<string, string>>;
}

export type OrganizationsOperation = 'ListAccounts' | 'ListParents' | 'ListTagsForResource';

/** The errors of AWS, all with status 400 but those of a server. Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
export type OrganizationsError =
  | 'AccessDeniedException'
  | 'AWSOrganizationsNotInUseException'
  | 'ChildNotFoundException'
  | 'InvalidInputException'
  | 'ServiceException'
  | 'TargetNotFoundException'
  | 'TooManyRequestsException'
  | 'UnrecognizedClientException';

/** `cut`: no answer, the connection ends. `hangs`: no answer ever. `garbage`: a page that is not AWS's. */
export interface OrganizationsFault {
  readonly on: OrganizationsOperation;
  readonly fault: OrganizationsError | 'cut' | 'hangs' | 'garbage';
}

/** All may be changed at any time. */
export interface OrganizationsFaults {
  /** Calls that the caller's role may not make. */
  denied: readonly OrganizationsOperation[];
  /** The caller's account is in no organization. */
  notInUse: boolean;
  /** Every page has a next page, which is the first one again. */
  endlessPages: boolean;
  /** Before each page comes an empty one with a token, as AWS warns of. */
  emptyPages: boolean;
  /** Accounts come without their paths. */
  withoutPaths: boolean;
  /** For single requests, in order; each is used up by the first request that it fits. */
  next: OrganizationsFault[];
}

export interface OrganizationsSimulator {
  /** Base URL, for `AWS_ENDPOINT_URL_ORGANIZATIONS`. */
  readonly url: string;
  readonly faults: OrganizationsFaults;
  /** May be changed at any time; `pageSize` is the most that a page has. */
  readonly settings: { accounts: readonly SimulatedAccount[]; pageSize: number };
  /** Every request, oldest first; `about`: the account whose tags it asks for. */
  history(): readonly { readonly operation: string; readonly about?: string }[];
  close(): Promise<void>;
}

export interface OrganizationsSimulatorOptions {
  readonly accounts?: readonly SimulatedAccount[];
  readonly pageSize?: number;
  /** 0, the default: a free port. */
  readonly port?: number;
  readonly host?: string;
}

/** Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
const MAX_RESULTS = 20;
const ORGANIZATION = 'o-exampleorgid';
const MANAGEMENT = '111122223333';
const TARGET = 'AWSOrganizationsV20161128.';

/** Starts a simulation of the part of AWS Organizations that lists accounts and their tags, in the protocol of the SDK (JSON 1.1). */
export async function startOrganizationsSimulator(options: OrganizationsSimulatorOptions = {}): Promise<OrganizationsSimulator> {
  const host = options.host ?? '127.0.0.1';
  const settings = { accounts: options.accounts ?? [], pageSize: options.pageSize ?? MAX_RESULTS };
  const faults: OrganizationsFaults = {
    denied: [],
    notInUse: false,
    endlessPages: false,
    emptyPages: false,
    withoutPaths: false,
    next: [],
  };
  const requests: { readonly operation: string; readonly about?: string }[] = [];
  const site = { settings, faults };

  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.post('/', (request, reply) => {
    const operation = String(request.headers['x-amz-target']).replace(TARGET, '');
    const about = operation === 'ListTagsForResource' ? bodyOf(request.body)['ResourceId'] : undefined;
    requests.push({ operation, ...(typeof about === 'string' ? { about } : {}) });
    const at = faults.next.findIndex(({ on }) => on === operation);
    const fault = at === -1 ? null : faults.next.splice(at, 1)[0]?.fault;
    if (fault === 'hangs') return reply.hijack();
    if (fault === 'cut') {
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    if (fault === 'garbage') return reply.type('text/html').send('<html><body>Please sign in</body></html>');
    return send(reply, fault ?? (!isSigned(request) ? 'UnrecognizedClientException' : answer(site, operation, bodyOf(request.body))));
  });
  await app.listen({ host, port: options.port ?? 0 });
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : options.port;

  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    faults,
    settings,
    history: () => [...requests],
    close: () => app.close(),
  };
}

type Site = Pick<OrganizationsSimulator, 'faults' | 'settings'>;

function answer({ faults, settings }: Site, operation: string, body: JsonObject): JsonObject | OrganizationsError {
  if (!isKnown(operation)) return 'InvalidInputException';
  if (faults.denied.includes(operation)) return 'AccessDeniedException';
  if (faults.notInUse) return 'AWSOrganizationsNotInUseException';
  switch (operation) {
    case 'ListAccounts':
      return listAccounts({ faults, settings }, body);
    case 'ListParents':
      return listParents(settings.accounts, body['ChildId']);
    case 'ListTagsForResource':
      return listTags(settings, body);
    default:
      return operation satisfies never;
  }
}

const OPERATIONS: readonly string[] = ['ListAccounts', 'ListParents', 'ListTagsForResource'] satisfies OrganizationsOperation[];

function isKnown(operation: string): operation is OrganizationsOperation {
  return OPERATIONS.includes(operation);
}

/** Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListTagsForResource.html */
function listTags({ accounts, pageSize }: Site['settings'], body: JsonObject): JsonObject | OrganizationsError {
  const { ResourceId: id, NextToken: token = '0' } = body;
  const account = accounts.find((one) => one.id === id);
  if (account === undefined) return 'TargetNotFoundException';
  if (typeof token !== 'string' || !/^\d+$/.test(token)) return 'InvalidInputException';
  const tags = Object.entries(account.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  const end = Number(token) + pageSize;
  return { Tags: tags.slice(Number(token), end), ...(end < tags.length ? { NextToken: String(end) } : {}) };
}

/** A token is the place of the next account; one with a `+` has had its empty page. */
function listAccounts({ faults, settings }: Site, body: JsonObject): JsonObject | OrganizationsError {
  const { NextToken: token = '0', MaxResults: most = MAX_RESULTS } = body;
  if (typeof token !== 'string' || !/^\d+\+?$/.test(token) || typeof most !== 'number' || most < 1 || most > MAX_RESULTS)
    return 'InvalidInputException';
  const from = Number.parseInt(token, 10);
  if (faults.emptyPages && !token.endsWith('+')) return { Accounts: [], NextToken: `${from}+` };
  const end = from + Math.min(most, settings.pageSize);
  const page = settings.accounts.slice(from, end).map((account) => accountJson(account, faults.withoutPaths));
  if (faults.endlessPages) return { Accounts: page, NextToken: '0' };
  return { Accounts: page, ...(end < settings.accounts.length ? { NextToken: String(end) } : {}) };
}

function accountJson({ id, name, state, path }: SimulatedAccount, withoutPaths: boolean): JsonObject {
  return {
    Id: id,
    Arn: `arn:aws:organizations::${MANAGEMENT}:account/${ORGANIZATION}/${id}`,
    Email: `aws+${id}@example.com`,
    Name: name,
    State: state,
    JoinedMethod: 'CREATED',
    JoinedTimestamp: 1_735_689_600,
    ...(withoutPaths ? {} : { Paths: [`${[ORGANIZATION, ...path, id].join('/')}/`] }),
  };
}

/** Units are known by the accounts in them. */
function listParents(accounts: readonly SimulatedAccount[], child: unknown): JsonObject | OrganizationsError {
  const chains = accounts.map(({ id, path }) => [...path, id]);
  const chain = chains.find((one) => one.indexOf(String(child)) > 0);
  const parent = chain?.[chain.indexOf(String(child)) - 1];
  if (parent === undefined) return 'ChildNotFoundException';
  return { Parents: [{ Id: parent, Type: parent.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }] };
}

function send(reply: FastifyReply, answered: JsonObject | OrganizationsError): FastifyReply {
  const isError = typeof answered === 'string';
  const status = !isError ? 200 : answered === 'ServiceException' ? 500 : 400;
  const body = isError ? { __type: answered, Message: 'As the simulation says.' } : answered;
  return reply.code(status).type('application/x-amz-json-1.1').send(JSON.stringify(body));
}

/** Whether it has a version 4 signature for this service. */
function isSigned({ headers }: FastifyRequest): boolean {
  return /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[^/]+\/organizations\/aws4_request,/.test(headers.authorization ?? '');
}

function bodyOf(text: unknown): JsonObject {
  const body: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : {};
  return isJsonObject(body) ? body : {};
}
