import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { JsonObject } from '../../findings/json.ts';
import { noAnalyzerFaults, type AnalyzerFault, type AnalyzerFaults, type AnalyzerOperation } from './analyzer-faults.ts';
import { failed, type AnalyzerAnswer, type AnalyzerSite } from './analyzer-answers.ts';
import { analyzerRoutes, bodyOf } from './analyzer-routes.ts';
import { createAnalyzerState } from './analyzer-state.ts';
import type { SimulatedAnalyzer } from './simulated-analyzer.ts';
import { findingFromEvent, type SimulatedFinding } from './simulated-finding.ts';

export interface AccessAnalyzerSimulatorOptions {
  /** 0, the default: a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Maximum number of items per page. */
  readonly pageSize?: number;
  /** Epoch ms; for the rate limit. */
  readonly now?: () => number;
}

/** One recorded request. */
export interface AnalyzerRequest {
  readonly operation: AnalyzerOperation;
  /** Epoch ms. */
  readonly at: number;
  /** The Region in its signature. */
  readonly region: string;
  /** Id of the finding; empty for lists. */
  readonly id: string;
  /** The status that the client got; `lost`: no complete answer, `waiting`: none yet. */
  status: number | 'lost' | 'waiting';
}

/** An in-process IAM Access Analyzer, for every Region and account. */
export interface AccessAnalyzerSimulator {
  /** Base URL, for `AWS_ENDPOINT_URL_ACCESSANALYZER`. */
  readonly url: string;
  /** May be changed at any time. */
  readonly faults: AnalyzerFaults;
  /** May be changed at any time. */
  readonly settings: { pageSize: number };
  /** Describes an analyzer, or changes it. One that nothing describes is known by its findings, and ACTIVE. */
  putAnalyzer(analyzer: SimulatedAnalyzer): void;
  /** Deletes an analyzer with its findings. */
  removeAnalyzer(arn: string): void;
  put(finding: SimulatedFinding): void;
  /** Stores the finding of an event. @param given fields that the event lacks */
  follow(event: JsonObject, given?: Partial<SimulatedFinding>): void;
  remove(analyzerArn: string, id: string): void;
  /** Every request, oldest first. */
  history(): readonly AnalyzerRequest[];
  /** Cuts hanging connections. */
  close(): Promise<void>;
}

/** Reportedly the page size of AWS; it is not documented. */
const PAGE_SIZE = 100;

/**
 * Starts a simulation of the part of the Access Analyzer API that reads analyzers and findings and scans a resource again, in the protocol of the SDK (REST with JSON).
 * It checks the Region in a request's signature, and pages, throttles and fails as configured.
 */
export async function startAccessAnalyzerSimulator(options: AccessAnalyzerSimulatorOptions = {}): Promise<AccessAnalyzerSimulator> {
  const host = options.host ?? '127.0.0.1';
  const now = options.now ?? Date.now;
  const state = createAnalyzerState();
  const faults = noAnalyzerFaults();
  const settings = { pageSize: options.pageSize ?? PAGE_SIZE };
  const site: AnalyzerSite = { state, faults, settings };
  const requests: AnalyzerRequest[] = [];
  let recent: number[] = [];

  const overLimit = (): boolean => {
    recent = recent.filter((at) => at > now() - 1_000);
    if (faults.requestsPerSecond !== null && recent.length >= faults.requestsPerSecond) return true;
    recent.push(now());
    return false;
  };
  const draw = (on: AnalyzerOperation): AnalyzerFault | null => {
    const at = faults.next.findIndex((fault) => fault.on === on);
    if (at !== -1) return faults.next.splice(at, 1)[0] ?? null;
    if (!overLimit()) return null;
    return {
      on,
      fault: 'ThrottlingException',
      ...(faults.retryAfterSeconds === null ? {} : { retryAfterSeconds: faults.retryAfterSeconds }),
    };
  };

  const app = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 2_048 } });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  for (const { operation, method, path, handle } of analyzerRoutes(site)) {
    app.route({
      method,
      url: path,
      async handler(request, reply) {
        const region = signedFor(request);
        const id = idOf(request);
        const seen: AnalyzerRequest = { operation, at: now(), region: region ?? '', id, status: 'waiting' };
        requests.push(seen);
        if (faults.down) return cut(reply, seen);
        if (faults.latencyMs > 0) await sleep(faults.latencyMs, undefined, { ref: false });
        const query = new URLSearchParams(request.url.split('?')[1] ?? '');
        const body = bodyOf(request.body);
        const answer = (): AnalyzerAnswer => {
          if (region === null || faults.disabledRegions.includes(region))
            return failed('UnrecognizedClientException', 'The security token included in the request is invalid.');
          if (body === null) return failed('ValidationException', 'The body is no JSON object.', { reason: 'cannotParse' });
          return handle({ region, id, query, body });
        };
        return respond(reply, seen, draw(operation), answer);
      },
    });
  }

  await app.listen({ host, port: options.port ?? 0 });
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : options.port;

  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`,
    faults,
    settings,
    putAnalyzer: state.putAnalyzer,
    removeAnalyzer: state.removeAnalyzer,
    put: (finding) => state.put(finding),
    follow: (event, given) => state.put(findingFromEvent(event, given)),
    remove: (analyzerArn, id) => state.remove(analyzerArn, id),
    history: () => requests.map((request) => ({ ...request })),
    close: () => app.close(),
  };
}

function respond(reply: FastifyReply, seen: AnalyzerRequest, fault: AnalyzerFault | null, answer: () => AnalyzerAnswer): FastifyReply {
  if (fault === null) return send(reply, seen, answer());
  switch (fault.fault) {
    case 'cut':
      return cut(reply, seen);
    case 'hangs':
      return reply.hijack();
    case 'truncated':
      return truncate(reply, seen, answer());
    case 'garbage':
      seen.status = 200;
      return reply.type('text/html').send('<html><body>Please sign in</body></html>');
    default:
      return send(reply, seen, failed(fault.fault, 'As the fault says.'), fault.retryAfterSeconds);
  }
}

function send(reply: FastifyReply, seen: AnalyzerRequest, answer: AnalyzerAnswer, retryAfterSeconds?: number): FastifyReply {
  seen.status = answer.status;
  if ('error' in answer) reply.header('x-amzn-errortype', answer.error);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply.code(answer.status).type('application/json').send(JSON.stringify(answer.body));
}

function cut(reply: FastifyReply, seen: AnalyzerRequest): FastifyReply {
  seen.status = 'lost';
  reply.hijack();
  reply.raw.destroy();
  return reply;
}

/** Announces the length of the answer, sends half of it and cuts the connection. */
function truncate(reply: FastifyReply, seen: AnalyzerRequest, answer: AnalyzerAnswer): FastifyReply {
  const whole = Buffer.from(JSON.stringify(answer.body));
  seen.status = 'lost';
  reply.hijack();
  reply.raw.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': whole.length });
  reply.raw.write(whole.subarray(0, Math.floor(whole.length / 2)), () => reply.raw.destroy());
  return reply;
}

/** The Region in a version 4 signature for this service; null without one. */
function signedFor({ headers }: FastifyRequest): string | null {
  const [, region] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/([^/]+)\/access-analyzer\/aws4_request,/.exec(headers.authorization ?? '') ?? [];
  return region ?? null;
}

function idOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : '';
}
