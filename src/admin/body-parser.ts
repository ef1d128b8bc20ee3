import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { ChunkedWork } from '../rules/chunked-work.ts';
import type { Problem } from '../rules/problem.ts';
import { mayAct } from './access.ts';
import type { AdminApp } from './admin-app.ts';
import { RequestRefused } from './problem.ts';
import { readBody, tooLarge } from './read-body.ts';

/** Parses the text of a body; in a thread of bounded memory and time if it is long. */
export type ParseText = (text: string, format: BodyFormat, where: 'here' | 'thread') => Promise<ParsedText>;

export type BodyFormat = 'json' | 'yaml';

/** The content of a text, put together in chunks, or the reason why there is none. */
export type ParsedText =
  | { readonly ok: true; readonly content: ChunkedWork<unknown> }
  | { readonly ok: false; readonly because: 'not-yaml'; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly because: 'not-json' | 'forbidden-name' | 'too-deep' | 'too-many-values' | 'too-costly' };

export interface BodyParserDeps {
  readonly parseText: ParseText;
}

/** Runs work in chunks, so that other requests are answered in between. */
interface ChunkRunner {
  run<T>(work: ChunkedWork<T>): Promise<T>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Gives back the permit of a long body, once its work is done. Null: it has none. */
    endLongBody: (() => void) | null;
  }
}

/** The largest body of most routes, and of a viewer on every route, bytes. */
export const BODY_LIMIT = 256 * 1024;

/** Bodies with more characters are parsed in a thread: shorter ones take a few ms. YAML takes a hundred times as long as JSON. */
const LONG = { json: 32_768, yaml: 2_048 } as const;

/**
 * Long bodies that are parsed and worked on at the same time, so that their memory is bounded. Those above `BODY_LIMIT` count from their
 * beginning; the others not while they are read, or slow clients could keep all others out.
 */
const MAX_LONG_BODIES = 2;

/** When a client should try again while other long bodies are worked on, seconds. */
const RETRY_AFTER_S = 1;

const YAML_TYPES = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml'];

/**
 * Lets the app take JSON, and reads each body only as far as the caller's role allows. To be added after the check of the role.
 * @returns adds YAML on the routes of one app
 */
export function addBodyParser(app: AdminApp, { parseText }: BodyParserDeps, yielder: ChunkRunner): (scope: AdminApp) => void {
  let longBodies = 0;
  let lastThread: Promise<unknown> = Promise.resolve();
  app.decorateRequest('endLongBody', null);
  // Not `onResponse`, which never comes when the client has gone.
  app.addHook('onSend', async (request) => request.endLongBody?.());

  function beginLongBody(request: FastifyRequest): void {
    if (request.endLongBody !== null) return;
    if (longBodies >= MAX_LONG_BODIES)
      throw new RequestRefused('too-many-long-bodies', 'Other long bodies are being worked on; try again', { retryAfterS: RETRY_AFTER_S });
    longBodies += 1;
    request.endLongBody = () => {
      longBodies -= 1;
      request.endLongBody = null;
    };
  }

  // Before the body is read. Refused here and not while it is parsed, the rest of the body is dropped, and the client gets its answer.
  app.addHook('onRequest', async (request) => {
    const { 'content-type': type = '', 'content-length': length } = request.headers;
    if (isViewer(request) && YAML_TYPES.some((yaml) => type.toLowerCase().startsWith(yaml)))
      throw new RequestRefused('forbidden', 'YAML needs the role operator; send JSON');
    const limit = limitOf(request);
    if (Number(length) > limit) throw tooLarge(limit);
    if (Number(length) > BODY_LIMIT) beginLongBody(request);
  });

  /** One after the other: the memory of a thread is bounded, and two would take it twice. */
  function parseInTurn(text: string, format: BodyFormat): Promise<ParsedText> {
    const turn = lastThread.then(() => parseText(text, format, 'thread'));
    lastThread = turn;
    return turn;
  }

  async function parse(request: FastifyRequest, payload: IncomingMessage, format: BodyFormat): Promise<unknown> {
    const text = await readBody(payload, limitOf(request), (length) => {
      if (length > BODY_LIMIT) beginLongBody(request);
    });
    const isLong = text.length > LONG[format];
    if (isLong) beginLongBody(request);
    const parsed = await (isLong ? parseInTurn(text, format) : parseText(text, format, 'here'));
    return parsed.ok ? yielder.run(parsed.content) : refuseText(parsed);
  }

  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', (request: FastifyRequest, payload: IncomingMessage) => parse(request, payload, 'json'));
  return (scope) =>
    scope.addContentTypeParser(YAML_TYPES, (request: FastifyRequest, payload: IncomingMessage) => parse(request, payload, 'yaml'));
}

function isViewer({ caller }: FastifyRequest): boolean {
  return caller === null || !mayAct(caller.role, 'operator');
}

/** The longest body that the caller may send to the route, bytes. */
function limitOf(request: FastifyRequest): number {
  const { bodyLimit } = request.routeOptions;
  return isViewer(request) ? Math.min(BODY_LIMIT, bodyLimit) : bodyLimit;
}

function refuseText(parsed: ParsedText & { readonly ok: false }): never {
  switch (parsed.because) {
    case 'not-yaml':
      throw new RequestRefused('rules-invalid', 'Nothing was saved. See errors for each place', { errors: parsed.problems });
    case 'not-json':
      throw new RequestRefused('invalid-request', 'The body is not JSON');
    case 'forbidden-name':
      throw new RequestRefused('invalid-request', 'The body has a member that is named __proto__ or constructor.prototype');
    case 'too-deep':
      throw new RequestRefused('body-too-complex', 'The body is nested too deeply');
    case 'too-many-values':
      throw new RequestRefused('body-too-complex', 'The body has too many values');
    case 'too-costly':
      throw new RequestRefused('body-too-complex', 'The body takes too much memory or time to read; send JSON, or fewer rules');
    default:
      return parsed satisfies never;
  }
}
