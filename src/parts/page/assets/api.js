import { sessionEnded, token } from './session.js';

/**
 * An answer that says no, as RFC 9457 has it, or none at all.
 * @typedef {{ path?: string, message: string, code?: string }} ProblemPart
 */
export class Problem extends Error {
  /**
   * @param {string} code stable; docs/errors.md explains each
   * @param {string} title
   * @param {string} detail
   * @param {number} status 0: no answer
   * @param {{ errors?: readonly ProblemPart[], instance?: string | null, retryAfterS?: number | null, members?: Readonly<Record<string, any>> }} [more]
   *   `members`: all of the answer, with what only this code has
   */
  constructor(code, title, detail, status, { errors = [], instance = null, retryAfterS = null, members = {} } = {}) {
    super(detail === '' ? title : detail);
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.errors = errors;
    this.instance = instance;
    this.retryAfterS = retryAfterS;
    this.members = members;
  }
}

/**
 * @typedef {{ query?: Readonly<Record<string, string | number | null | undefined>>, body?: unknown, headers?: Readonly<Record<string, string>>,
 *   type?: string, signal?: AbortSignal | null }} Extras
 * `type`: of a body that is sent as the text that it is; without it the body is sent as JSON.
 */

/**
 * Asks the API.
 * @param {'GET' | 'POST' | 'PUT' | 'DELETE'} method
 * @param {string} path
 * @param {Extras} [extras]
 * @returns {Promise<{ status: number, data: any, headers: Headers }>}
 * @throws {Problem}
 */
export async function ask(method, path, { query = {}, body, headers = {}, type, signal } = {}) {
  const answer = await send(method, path + searchOf(query), {
    headers: { ...authorization(), ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: type === undefined ? JSON.stringify(body) : String(body) }),
    ...(signal ? { signal } : {}),
  });
  const data = await readBody(answer);
  if (answer.ok) return { status: answer.status, data, headers: answer.headers };
  const problem = problemOf(answer, data);
  if (isUnknownCaller(problem) && token() !== null) sessionEnded();
  throw problem;
}

/**
 * Whether the token is none that counts. A valid one is let through however many bad ones came from the same address, such as that of a
 * proxy with many people behind it.
 * @param {unknown} problem
 */
export function isUnknownCaller(problem) {
  return problem instanceof Problem && (problem.status === 401 || problem.code === 'too-many-failed-logins');
}

/** @param {string} path @param {Extras} [extras] */
export async function get(path, extras) {
  return (await ask('GET', path, extras)).data;
}

/** A key by which the service knows a repeated request. */
export function idempotencyKey() {
  return { 'idempotency-key': crypto.randomUUID() };
}

/** @returns {Record<string, string>} */
export function authorization() {
  const shown = token();
  return shown === null ? {} : { authorization: `Bearer ${shown}` };
}

/** @param {string} method @param {string} url @param {RequestInit} init */
async function send(method, url, init) {
  try {
    return await fetch(url, { ...init, method, credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const detail = navigator.onLine
      ? 'The service does not answer. It may be starting again; the page tries by itself.'
      : 'This device is offline. The page goes on when the network is back.';
    throw new Problem('unreachable', 'No answer', detail, 0);
  }
}

/** @param {Response} answer */
async function readBody(answer) {
  const text = await answer.text();
  if (!(answer.headers.get('content-type') ?? '').includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('unreadable', 'The answer cannot be read', 'The connection may have been cut in between. Try again.', answer.status);
  }
}

/** @param {Response} answer @param {any} data */
function problemOf(answer, data) {
  const members = typeof data === 'object' && data ? data : {};
  const { code = 'internal', title = `HTTP ${answer.status}`, detail = '', errors = [], instance = null } = members;
  const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return new Problem(code, title, detail, answer.status, { errors, instance, retryAfterS: Number.isFinite(after) ? after : null, members });
}

/** @param {NonNullable<Extras['query']>} query */
function searchOf(query) {
  const kept = Object.entries(query).flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [/** @type {[string, string]} */ ([name, String(value)])],
  );
  return kept.length === 0 ? '' : `?${new URLSearchParams(kept)}`;
}
