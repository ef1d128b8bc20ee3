import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { JsonObject } from '../../findings/json.ts';
import { getAlternateContact, getResources, jsonOf, listTags, textsIn, type Caller, type TagPage } from './tags-answers.ts';
import type { TagsError, TagsFault, TagsFaults, TagsOperation, TagsRequest, TagsSettings } from './tags-state.ts';

export interface TagsSimulator {
  /** Base URL, for `AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API`, `AWS_ENDPOINT_URL_IAM` and `AWS_ENDPOINT_URL_ACCOUNT`. */
  readonly url: string;
  readonly faults: TagsFaults;
  readonly settings: TagsSettings;
  /** Every request, oldest first. */
  history(): readonly TagsRequest[];
  close(): Promise<void>;
}

export interface TagsSimulatorOptions extends Partial<TagsSettings> {
  /** 0, the default: a free port. */
  readonly port?: number;
  readonly host?: string;
}

const TAGGING = 'ResourceGroupsTaggingAPI_20170126.GetResources';
const CONTACT_PATH = '/getAlternateContact';
const SIGNED = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/(?:tagging|iam|account)\/aws4_request,/;

/**
 * Starts a simulation of what says whose a resource is: the Resource Groups Tagging API, the tags of IAM and the contacts of Account
 * Management, each in the protocol of its SDK. The account of a caller is the twelve digits in its access key.
 */
export async function startTagsSimulator({ port = 0, host = '127.0.0.1', ...given }: TagsSimulatorOptions = {}): Promise<TagsSimulator> {
  const settings: TagsSettings = { resources: [], contacts: {}, ownAccount: '111122223333', pageSize: 100, ...given };
  const faults: TagsFaults = { denied: [], deniedIn: [], slow: [], next: [] };
  const requests: TagsRequest[] = [];

  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.post('*', (request, reply) => {
    const asked = questionOf(request);
    if (asked === null) return reply.code(404).send();
    const caller = callerOf(request, settings.ownAccount);
    if (caller === null) return send(reply, asked.operation, 'UnrecognizedClientException');
    const { operation } = asked;
    requests.push({ operation, ...caller, about: aboutOf(asked) });
    const fault = faultOf(faults, operation);
    if (fault === 'hangs' || faults.slow.includes(operation)) return reply.hijack();
    if (fault === 'cut') {
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    if (fault === 'garbage') return reply.type('text/html').send('<html><body>Please sign in</body></html>');
    if (fault === 'foreign') return send(reply, operation, foreignAnswer(operation));
    const isDenied = faults.denied.includes(operation) || faults.deniedIn.includes(caller.accountId);
    return send(reply, operation, fault ?? (isDenied ? 'AccessDeniedException' : answer(settings, caller, asked)));
  });
  await app.listen({ host, port });
  const [bound] = app.addresses();

  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${typeof bound === 'object' ? bound.port : port}`,
    faults,
    settings,
    history: () => [...requests],
    close: () => app.close(),
  };
}

interface Question {
  readonly operation: TagsOperation;
  /** As it came. */
  readonly body: string;
}

function questionOf({ headers, url, body: raw }: FastifyRequest): Question | null {
  const body = typeof raw === 'string' ? raw : '';
  if (headers['x-amz-target'] === TAGGING) return { operation: 'GetResources', body };
  if (url === CONTACT_PATH) return { operation: 'GetAlternateContact', body };
  const action = new URLSearchParams(body).get('Action');
  return action === 'ListRoleTags' || action === 'ListUserTags' ? { operation: action, body } : null;
}

/** Null: not signed for one of these services. */
function callerOf({ headers }: FastifyRequest, ownAccount: string): Caller | null {
  const [, accessKey, region] = SIGNED.exec(headers.authorization ?? '') ?? [];
  if (accessKey === undefined || region === undefined) return null;
  return { accountId: /\d{12}/.exec(accessKey)?.[0] ?? ownAccount, region };
}

function aboutOf({ operation, body }: Question): readonly string[] {
  switch (operation) {
    case 'GetResources':
      return textsIn(jsonOf(body)['ResourceARNList']);
    case 'GetAlternateContact':
      return textsIn([jsonOf(body)['AccountId'] ?? null]);
    case 'ListRoleTags':
    case 'ListUserTags':
      return [new URLSearchParams(body).get(operation === 'ListRoleTags' ? 'RoleName' : 'UserName') ?? ''];
    default:
      return operation satisfies never;
  }
}

function faultOf(faults: TagsFaults, operation: TagsOperation): TagsFault['fault'] | null {
  const at = faults.next.findIndex(({ on }) => on === operation);
  return at === -1 ? null : (faults.next.splice(at, 1)[0]?.fault ?? null);
}

type Answer = JsonObject | TagPage | TagsError;

function answer(settings: TagsSettings, caller: Caller, { operation, body }: Question): Answer {
  switch (operation) {
    case 'GetResources':
      return getResources(settings, caller, jsonOf(body));
    case 'GetAlternateContact':
      return getAlternateContact(settings, caller, jsonOf(body));
    case 'ListRoleTags':
    case 'ListUserTags':
      return listTags(settings, caller, operation === 'ListRoleTags' ? 'role' : 'user', new URLSearchParams(body));
    default:
      return operation satisfies never;
  }
}

/** What no proxy or cache should ever answer: another resource's tags, and a contact that is no contact. */
function foreignAnswer(operation: TagsOperation): Answer {
  const tags = { owner: 'another-team', team: 'another-team' };
  if (operation === 'GetResources') {
    const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    return { ResourceTagMappingList: [{ ResourceARN: 'arn:aws:s3:::another-bucket', Tags: list }] };
  }
  if (operation === 'GetAlternateContact')
    return { AlternateContact: { AlternateContactType: 'BILLING', Name: 'Accounts payable', EmailAddress: 'invoices@example.com' } };
  return { tags: [['', '']], marker: null };
}

const STATUS: Readonly<Record<TagsError, number>> = {
  AccessDeniedException: 403,
  InternalServiceException: 500,
  InvalidParameterException: 400,
  ResourceNotFoundException: 404,
  ThrottledException: 400,
  UnrecognizedClientException: 403,
};

/** The names of IAM. Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const OF_IAM: Readonly<Record<TagsError, string>> = {
  AccessDeniedException: 'AccessDenied',
  InternalServiceException: 'ServiceFailure',
  InvalidParameterException: 'ValidationError',
  ResourceNotFoundException: 'NoSuchEntity',
  ThrottledException: 'Throttling',
  UnrecognizedClientException: 'InvalidClientTokenId',
};

const WORDS = 'As the simulation says.';

function send(reply: FastifyReply, operation: TagsOperation, answered: Answer): FastifyReply {
  const isError = typeof answered === 'string';
  reply.code(isError ? STATUS[answered] : 200);
  if (operation === 'ListRoleTags' || operation === 'ListUserTags') {
    reply.type('text/xml');
    return reply.send(isError ? errorXml(OF_IAM[answered]) : pageXml(operation, answered));
  }
  if (isError && operation === 'GetAlternateContact') {
    reply.header('x-amzn-errortype', answered);
    return reply.type('application/json').send(JSON.stringify({ message: WORDS }));
  }
  const body = isError ? { __type: answered, Message: WORDS } : answered;
  return reply.type(operation === 'GetResources' ? 'application/x-amz-json-1.1' : 'application/json').send(JSON.stringify(body));
}

function errorXml(code: string): string {
  return `<ErrorResponse xmlns="${IAM}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${WORDS}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
}

const IAM = 'https://iam.amazonaws.com/doc/2010-05-08/';

function pageXml(operation: string, page: JsonObject | TagPage): string {
  const { tags, marker } = isTagPage(page) ? page : { tags: [], marker: null };
  const members = tags.map(([key, value]) => `<member><Key>${xml(key)}</Key><Value>${xml(value)}</Value></member>`).join('');
  const more = marker === null ? '' : `<Marker>${xml(marker)}</Marker>`;
  return `<${operation}Response xmlns="${IAM}"><${operation}Result><IsTruncated>${marker !== null}</IsTruncated>${more}<Tags>${members}</Tags></${operation}Result><ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></${operation}Response>`;
}

function isTagPage(page: JsonObject | TagPage): page is TagPage {
  return 'marker' in page;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
