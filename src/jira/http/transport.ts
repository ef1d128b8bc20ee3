import type { Client, SendRequestOptions } from 'jira.js/core';
import type { Clock } from '../../pipeline/ports/clock.ts';
import type { TrackerCall } from '../../pipeline/ports/tracker-call.ts';
import { type Fetch, Unsent } from '../../network/fetch.ts';
import type { Authorization } from './access-token.ts';
import { JiraAnswered, type Answer, type Heard, type HttpAnswer, type NotSignedIn } from './answer.ts';
import { networkCode } from './network-code.ts';
import { operationOf, type Operation } from './operation.ts';
import type { SignIn } from './sign-in.ts';

/**
 * Sends the request of a jira.js function once, and returns the answer, whatever it is. Never throws for an answer or a network fault.
 * @param hear called with the request, if one was sent
 * @param sendBy monotonic ms after which it must not be sent any more; absent: no deadline
 */
export type AskJira = (call: (client: Client) => Promise<unknown>, hear?: (heard: TrackerCall) => void, sendBy?: number) => Promise<Answer>;

export interface TransportOptions {
  /** `https://site.atlassian.net` or `https://api.atlassian.com/ex/jira/<cloudId>`; fixed at start. */
  readonly baseUrl: string;
  readonly signIn: Pick<SignIn, 'authorization' | 'renewed'>;
  readonly fetch: Fetch;
  /** From the first byte sent to the last one read, ms. */
  readonly timeoutMs: number;
  /** Called before a request is sent: ms for which Jira wants no request of its kind; 0: it may go. */
  readonly blockedForMs: (operation: Operation) => Promise<number>;
  /** Called last before a request is sent: what stands for its answer, where it must not go; null: it may. */
  readonly heldBack: (operation: Operation) => Answer | null;
  /** Called with every answer; of a request that was sent again with a new access token, with the last one. */
  readonly onAnswer: (answer: Heard, operation: Operation) => void;
  /** Called when there is no access token for a request, with the reason. */
  readonly onNotSignedIn: (why: NotSignedIn) => void;
  readonly clock: Clock;
}

/** The headers by which Atlassian finds a request; a value of any other form is not kept. Source: headers of answers from Jira Cloud. */
const REQUEST_ID_HEADERS = ['atl-traceid', 'x-arequestid'] as const;
const REQUEST_ID = /^[\w-]{1,100}$/;

/** jira.js does not encode path parameters, so that only paths made of plain words may go out. */
const SAFE_PATH = /^\/rest\/api\/3(\/[A-Za-z0-9_-]+)+$/;

/** The gateway of api.atlassian.com says so, in JSON or as a text, where it knows the token. Source: `ScopeError` of jira.js. */
const LACKS_SCOPE = /scope does not match/i;

/** Characters of a refusal that are searched for its reason. */
const MAX_REFUSAL = 10_000;

/** More than any answer that we ask for. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

/**
 * The only connection to Jira. jira.js builds the request; sending, timeouts and reading are ours: no redirects (they would turn a POST
 * into a GET with our credentials), no retries, headers kept, and no page taken for an answer.
 */
export function createTransport(options: TransportOptions): AskJira {
  const { clock, signIn } = options;

  async function send(request: SendRequestOptions, hear: (heard: TrackerCall) => void, sendBy: number): Promise<Answer> {
    if (!SAFE_PATH.test(request.url)) throw new Error('A Jira path holds characters that it must not hold');
    const operation = operationOf(request.method ?? 'GET', request.url);
    const before = options.heldBack(operation);
    if (before !== null) return before;
    const signed = await signIn.authorization();
    if (!signed.ok) return notSignedIn(signed);
    const afterMs = await options.blockedForMs(operation);
    if (afterMs > 0) return { kind: 'blocked', afterMs };
    const meanwhile = options.heldBack(operation);
    if (meanwhile !== null) return meanwhile;

    async function exchangeOnce(header: string): Promise<Answer> {
      const began = clock.monotonic();
      // Checked last, because everything before it may have waited.
      if (began > sendBy) return { kind: 'late' };
      const answer = await exchange(request, operation, header);
      hear({ operation: operation.endpoint, ...resultOf(answer), tookMs: Math.round(clock.monotonic() - began) });
      return answer;
    }

    let answer = await exchangeOnce(signed.header);
    if (isTokenRefusal(answer)) {
      // Jira has not read the request, so that it may be sent once more, even a create.
      const again = await signIn.renewed(signed.header);
      if (again !== null) answer = again.ok ? await exchangeOnce(again.header) : notSignedIn(again);
    }
    if (answer.kind === 'http' || answer.kind === 'network') options.onAnswer(answer, operation);
    return answer;
  }

  function notSignedIn({ isRefused, message }: Extract<Authorization, { ok: false }>): Answer {
    const why: NotSignedIn = { kind: 'not-signed-in', isRefused, message };
    options.onNotSignedIn(why);
    return why;
  }

  async function exchange(request: SendRequestOptions, operation: Operation, authorization: string): Promise<Heard> {
    try {
      const response = await options.fetch(`${options.baseUrl}${request.url}${query(request.searchParams ?? {})}`, {
        method: request.method ?? 'GET',
        headers: { authorization, accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'findings-to-jira' },
        signal: AbortSignal.timeout(options.timeoutMs),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      });
      return await read(response, operation);
    } catch (error) {
      return { kind: 'network', code: networkCode(error), ...(error instanceof Unsent ? { isUnsent: true } : {}) };
    }
  }

  return async (call, hear = () => undefined, sendBy = Infinity) => {
    const client: Client = {
      sendRequest: async (request) => {
        throw new JiraAnswered(await send(request, hear, sendBy));
      },
    };
    try {
      await call(client);
    } catch (error) {
      if (error instanceof JiraAnswered) return error.answer;
      throw error;
    }
    throw new Error('jira.js came back without having asked');
  };
}

function resultOf(answer: Heard): Pick<TrackerCall, 'result' | 'requestId'> {
  if (answer.kind === 'network') return { result: answer.code, requestId: null };
  const requestId = REQUEST_ID_HEADERS.map((name) => answer.headers[name]).find((value) => value !== undefined && REQUEST_ID.test(value));
  return { result: String(answer.status), requestId: requestId ?? null };
}

function isTokenRefusal(answer: Answer): boolean {
  return answer.kind === 'http' && answer.status === 401 && answer.lacksScopeFor === undefined;
}

function query(params: Readonly<Record<string, unknown>>): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) pairs.append(name, String(one));
  }
  return pairs.size === 0 ? '' : `?${pairs}`;
}

async function read(response: Response, { endpoint }: Operation): Promise<HttpAnswer> {
  const text = await bounded(response);
  const json = parse(text);
  return {
    kind: 'http',
    status: response.status,
    headers: Object.fromEntries(response.headers),
    json,
    ...(text !== '' && json === undefined ? { isPage: true } : {}),
    ...(response.status === 401 && LACKS_SCOPE.test(text.slice(0, MAX_REFUSAL)) ? { lacksScopeFor: endpoint } : {}),
  };
}

async function bounded(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw Object.assign(new Error('The answer is too large'), { code: 'ANSWER_TOO_LARGE' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
