import { randomUUID } from 'node:crypto';
import { Type, type Static, type TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Fetch } from '../network/fetch.ts';
import { Unsent } from '../network/fetch.ts';
import { ApiProblem } from './api-problem.ts';
import type { Connection } from './connection.ts';
import { CommandFailed, EXIT } from './exit-code.ts';

/** Longer than the service takes for its longest answers (rules, 120 s), ms. */
const TIMEOUT_MS = 130_000;
/** The largest page of a list. */
const PAGE = 500;

export type Query = Readonly<Record<string, string | undefined>>;

export interface Asked {
  readonly query?: Query;
  /** A text with the content type beside it, or a value that goes as JSON. */
  readonly body?: { readonly type: string; readonly text: string } | { readonly json: unknown };
  readonly ifMatch?: string;
  readonly accept?: string;
}

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly text: string;
}

/** The service's API. Every function throws CommandFailed with the reason why it has no answer. */
export interface Api {
  /** A part of an answer as its schema wants it; what the schema does not know stays in it. */
  read<S extends TSchema>(schema: S, path: string, query?: Query): Promise<Static<S>>;
  send<S extends TSchema>(schema: S, method: 'POST' | 'PUT' | 'DELETE', path: string, asked?: Asked): Promise<Static<S>>;
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, asked?: Asked): Promise<Answer>;
  /** Hands out an answer of any length, piece by piece as it comes. @param type its content type @throws CommandFailed also when it breaks off */
  download(path: string, query: Query, type: string, take: (piece: string) => void): Promise<void>;
  /** The first entries of a list, over as many pages as that takes. `hasMore`: there are others. */
  list<S extends TSchema>(
    schema: S,
    path: string,
    query: Query,
    limit: number,
  ): Promise<{ readonly items: Static<S>[]; readonly hasMore: boolean }>;
}

const Page = Type.Object({ items: Type.Array(Type.Unknown()), nextCursor: Type.Union([Type.String(), Type.Null()]) });

/** @param fetch never follows a redirect, so the token goes to no other host */
export function createApi(connection: Connection, fetch: Fetch, interrupted: AbortSignal): Api {
  const { url, token } = connection;

  async function once(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: string | undefined,
  ): Promise<Answer> {
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(target, { method, headers, signal, ...(body === undefined ? {} : { body }) });
    return { status: response.status, etag: response.headers.get('etag'), text: await response.text() };
  }

  function targetOf(path: string, query: Query): string {
    const target = new URL(path, url);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) target.searchParams.set(name, value);
    return target.href;
  }

  const login = token === null ? {} : { authorization: `Bearer ${token}` };

  async function ask(
    method: string,
    path: string,
    { query = {}, body, ifMatch, accept = 'application/json' }: Asked = {},
  ): Promise<Answer> {
    const sent = body === undefined ? undefined : 'json' in body ? { type: 'application/json', text: JSON.stringify(body.json) } : body;
    const headers = {
      accept,
      ...login,
      ...(sent === undefined ? {} : { 'content-type': sent.type }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    };
    const request = () => once(method, targetOf(path, query), headers, sent?.text);
    const answer = await request()
      .catch((error: unknown) => (mayRepeat(method, error) ? request() : failed(error)))
      .catch(failed);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new ApiProblem(answer.status, answer.text, url);
  }

  /** Its time limit is for each piece. It is not asked for again: the service writes every export down. */
  async function download(path: string, query: Query, type: string, take: (piece: string) => void): Promise<void> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new DOMException('silent for too long', 'TimeoutError')), TIMEOUT_MS);
    let hasBegun = false;
    try {
      const signal = AbortSignal.any([interrupted, silence.signal]);
      const response = await fetch(targetOf(path, query), { headers: { accept: type, ...login }, signal });
      if (!response.ok) throw new ApiProblem(response.status, await response.text(), url);
      if (response.headers.get('content-type')?.split(';')[0] !== type) throw notAsTheService();
      hasBegun = true;
      for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
        timer.refresh();
        take(piece);
      }
    } catch (error) {
      if (!hasBegun || error instanceof CommandFailed) failed(error);
      interrupted.throwIfAborted();
      throw new CommandFailed(EXIT.unreachable, `The answer of ${url} broke off, so what came is not complete: ${causeOf(error)}`, error);
    } finally {
      clearTimeout(timer);
    }
  }

  function failed(error: unknown): never {
    if (error instanceof CommandFailed) throw error;
    interrupted.throwIfAborted();
    const hint = connection.isUsualUrl ? ' (F2J_URL is not set)' : '';
    throw new CommandFailed(
      EXIT.unreachable,
      `${url} does not answer${hint}: ${causeOf(error)}\nSet F2J_URL to the address of the service`,
      error,
    );
  }

  function notAsTheService(): CommandFailed {
    return new CommandFailed(
      EXIT.unreachable,
      `${url} answers, but not as the service does\nCheck F2J_URL, and that f2j is of the version of the service`,
    );
  }

  function parsed<S extends TSchema>(schema: S, { text }: Answer): Static<S> {
    const value = jsonOf(text);
    if (Check(schema, value)) return value;
    throw notAsTheService();
  }

  return {
    ask,
    download,
    read: async (schema, path, query = {}) => parsed(schema, await ask('GET', path, { query })),
    send: async (schema, method, path, asked) => parsed(schema, await ask(method, path, asked)),
    async list(schema, path, query, limit) {
      const items: Static<typeof schema>[] = [];
      let cursor: string | undefined;
      for (;;) {
        const answer = await ask('GET', path, { query: { ...query, cursor, limit: String(Math.min(PAGE, limit - items.length)) } });
        const page = parsed(Page, answer);
        items.push(...parsed(Type.Object({ items: Type.Array(schema) }), answer).items);
        if (page.nextCursor === null || items.length >= limit) return { items, hasMore: page.nextCursor !== null };
        cursor = page.nextCursor;
      }
    },
  };
}

/** A POST has a key with which it starts one thing only. Other changes may have been made although their answer did not come. */
function mayRepeat(method: string, error: unknown): boolean {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return (method === 'GET' || method === 'POST') && !(error instanceof Unsent) && !isLate;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The innermost reason, such as `connect ECONNREFUSED 127.0.0.1:8080`. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1_000} s`;
  const [first] = error instanceof AggregateError ? error.errors : [error.cause];
  return first instanceof Error ? causeOf(first) : error.message;
}
