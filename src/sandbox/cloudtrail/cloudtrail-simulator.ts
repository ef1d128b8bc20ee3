import Fastify, { type FastifyRequest } from 'fastify';
import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { sessionAccount } from '../sts/sts-simulator.ts';
import { changeJson, type SimulatedChange } from './simulated-change.ts';

/** `cut`: no answer, the connection ends. `hangs`: no answer ever. `garbage`: a page that is not AWS's. */
export type CloudTrailFault =
  | 'cut'
  | 'hangs'
  | 'garbage'
  | 'AccessDeniedException'
  | 'ThrottlingException'
  | 'ServiceUnavailable'
  | 'InvalidTimeRangeException';

/** All may be changed at any time. */
export interface CloudTrailFaults {
  /** Accounts whose role lacks `cloudtrail:LookupEvents`. `all`: every account. */
  denied: readonly string[] | 'all';
  /** Records that are no JSON, or about another resource than the one asked for. */
  wrong: 'no-json' | 'other-resource' | null;
  /** Every page has a next page, which is the first one again. */
  endlessPages: boolean;
  /** For single requests, in order. */
  next: CloudTrailFault[];
}

export interface CloudTrailSimulator {
  /** Base URL, for `AWS_ENDPOINT_URL_CLOUDTRAIL`. */
  readonly url: string;
  readonly faults: CloudTrailFaults;
  /** May be changed at any time; `pageSize` is the most that a page has, `now` the clock by which events are 90 days old or visible. */
  readonly settings: { pageSize: number; now: () => number };
  happened(change: SimulatedChange): void;
  /** Every request, oldest first. */
  history(): readonly { readonly accountId: string; readonly region: string; readonly resourceName: string; readonly at: number }[];
  close(): Promise<void>;
}

export interface CloudTrailSimulatorOptions {
  /** 0, the default: a free port. */
  readonly port?: number;
  readonly host?: string;
}

/** Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const KEPT_MS = 90 * 86_400_000;
const MAX_RESULTS = 50;

/** Starts a simulation of LookupEvents, in the protocol of the SDK (JSON 1.1), for the sessions of the simulated STS. */
export async function startCloudTrailSimulator(options: CloudTrailSimulatorOptions = {}): Promise<CloudTrailSimulator> {
  const host = options.host ?? '127.0.0.1';
  const settings = { pageSize: MAX_RESULTS, now: () => Date.now() };
  const faults: CloudTrailFaults = { denied: [], wrong: null, endlessPages: false, next: [] };
  const changes: SimulatedChange[] = [];
  const requests: { readonly accountId: string; readonly region: string; readonly resourceName: string; readonly at: number }[] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.post('/', (request, reply) => {
    const [accountId, region] = [sessionAccount(request), signedRegion(request)];
    const body = bodyOf(request.body);
    const resourceName = lookedUp(body);
    requests.push({ accountId: accountId ?? '', region: region ?? '', resourceName: resourceName ?? '', at: settings.now() });
    const fault = faults.next.shift();
    if (fault === 'hangs') return reply.hijack();
    if (fault === 'cut') {
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    if (fault === 'garbage') return reply.type('text/html').send('<html><body>Please sign in</body></html>');
    const answered = fault ?? answerTo(accountId, region, resourceName, body);
    const status = typeof answered !== 'string' ? 200 : answered === 'ServiceUnavailable' ? 503 : 400;
    const json = typeof answered === 'string' ? { __type: answered, Message: 'As the simulation says.' } : answered;
    return reply.code(status).type('application/x-amz-json-1.1').send(JSON.stringify(json));
  });
  await app.listen({ host, port: options.port ?? 0 });
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : options.port;

  function answerTo(accountId: string | null, region: string | null, resourceName: string | null, body: JsonObject): JsonObject | string {
    const isDenied = faults.denied === 'all' || faults.denied.includes(accountId ?? '');
    if (accountId === null || region === null || isDenied) return 'AccessDeniedException';
    if (resourceName === null) return 'InvalidLookupAttributesException';
    const known = changes.filter((change) => change.accountId === accountId && change.region === region);
    return pageOf(known, resourceName, body);
  }

  /** A token is the place of the next event. */
  function pageOf(known: readonly SimulatedChange[], resourceName: string, body: JsonObject): JsonObject | string {
    const { StartTime: start = 0, EndTime: end = Infinity, MaxResults: most = MAX_RESULTS, NextToken: token = '0' } = body;
    if (typeof start !== 'number' || typeof end !== 'number' || start > end) return 'InvalidTimeRangeException';
    if (typeof most !== 'number' || most < 1 || most > MAX_RESULTS) return 'InvalidMaxResultsException';
    if (typeof token !== 'string' || !/^\d+$/.test(token)) return 'InvalidNextTokenException';
    const now = settings.now();
    const isFound = ({ at, visibleFrom = at, resourceNames }: SimulatedChange): boolean =>
      at >= Math.max(start * 1_000, now - KEPT_MS) &&
      at <= Math.min(end * 1_000, now) &&
      visibleFrom <= now &&
      (resourceNames.includes(resourceName) || faults.wrong === 'other-resource');
    const found = known.filter(isFound).toSorted((one, other) => other.at - one.at);
    const from = Number(token);
    const to = from + Math.min(most, settings.pageSize);
    const Events = found.slice(from, to).map((change) => eventJson(change, faults.wrong === 'no-json'));
    if (faults.endlessPages) return { Events, NextToken: '0' };
    return { Events, ...(to < found.length ? { NextToken: String(to) } : {}) };
  }

  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    faults,
    settings,
    happened: (change) => void changes.push(change),
    history: () => [...requests],
    close: () => app.close(),
  };
}

function eventJson(change: SimulatedChange, isBroken: boolean): JsonObject {
  const record = changeJson(change);
  const { service, action, at, resourceNames } = change;
  return {
    EventId: record['eventID'] ?? null,
    EventName: action,
    ReadOnly: 'false',
    EventTime: Math.floor(at / 1_000),
    EventSource: `${service}.amazonaws.com`,
    Resources: resourceNames.map((ResourceName): Json => ({ ResourceType: null, ResourceName })),
    CloudTrailEvent: isBroken ? '<html>' : JSON.stringify(record),
  };
}

/** The one attribute that a look-up may have; null: it is another one, or there are more. */
function lookedUp({ LookupAttributes: attributes }: JsonObject): string | null {
  const [only, ...more] = Array.isArray(attributes) ? attributes : [];
  if (!isJsonObject(only) || more.length > 0 || only['AttributeKey'] !== 'ResourceName') return null;
  const { AttributeValue: value } = only;
  return typeof value === 'string' ? value : null;
}

/** The Region of a version 4 signature for this service; null: there is none. */
function signedRegion({ headers }: FastifyRequest): string | null {
  return /\/\d{8}\/([^/]+)\/cloudtrail\/aws4_request,/.exec(headers.authorization ?? '')?.[1] ?? null;
}

function bodyOf(text: unknown): JsonObject {
  const body: unknown = typeof text === 'string' && text !== '' ? JSON.parse(text) : {};
  return isJsonObject(body) ? body : {};
}
