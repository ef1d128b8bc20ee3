import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer';
import type { Agents } from '../network/create-network.ts';
import type { AcquireSlot, Answered, Refusal } from '../pipeline/ports/details-source.ts';
import { createSdkLog, type WarningLog } from './sdk-log.ts';
import { noSuchRegion, refusalFrom, type Question } from './analyzer-refusal.ts';

/** Sends single calls, each to the client of its Region, and judges the errors. */
export interface AnalyzerCalls {
  /** One call, as soon as a slot is granted. */
  call<T>(question: Question & { readonly region: string }, acquireSlot: AcquireSlot, send: Send<T>): Promise<Answered<T>>;
  /** All pages of an answer, up to a limit. A repeated token means an endless list. */
  pages<T extends { nextToken?: string | undefined }>(
    page: (nextToken: string | undefined) => Promise<Answered<T>>,
    isEnough: (soFar: readonly T[]) => boolean,
  ): Promise<Answered<{ readonly pages: readonly [T, ...T[]]; readonly isWhole: boolean }>>;
  /** Aborts the calls under way. */
  close(): void;
}

export interface AnalyzerCallsOptions {
  /** Connections for one client. */
  readonly agents: () => Agents;
  /** Takes the warnings of the SDK. */
  readonly log: WarningLog;
  /** How long one call may take, to the last byte of its answer, ms. */
  readonly timeoutMs: number;
}

/** Sends one command. */
export type Send<T> = (client: AccessAnalyzerClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

const CONNECT_MS = 5_000;

/** Pages of one answer; a list that has more is cut. */
const MAX_PAGES = 20;

/** The most clients at the same time, one per Region; a message may name any Region. */
const MAX_CLIENTS = 64;

/** Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const REGION = /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/;

/**
 * Credentials and endpoint come from the environment as in every AWS SDK. The SDK does not retry: retries are decided in one place, and not here.
 */
export function createAnalyzerCalls({ agents, log, timeoutMs }: AnalyzerCallsOptions): AnalyzerCalls {
  const logger = createSdkLog(log);
  const clients = new Map<string, AccessAnalyzerClient>();
  const closing = new AbortController();

  function clientFor(region: string): AccessAnalyzerClient {
    const known = clients.get(region);
    if (known !== undefined) return known;
    const [oldest] = clients;
    if (oldest !== undefined && clients.size >= MAX_CLIENTS) {
      oldest[1].destroy();
      clients.delete(oldest[0]);
    }
    const client = new AccessAnalyzerClient({
      region,
      maxAttempts: 1,
      logger,
      requestHandler: { ...agents(), connectionTimeout: CONNECT_MS },
    });
    clients.set(region, client);
    return client;
  }

  async function call<T>(
    { region, ...question }: Question & { readonly region: string },
    acquireSlot: AcquireSlot,
    send: Send<T>,
  ): Promise<Answered<T>> {
    if (!REGION.test(region)) return { ok: false, refusal: noSuchRegion() };
    const taken = await acquireSlot();
    if (!taken.granted) return { ok: false, refusal: notYet(taken.afterMs) };
    const abortSignal = AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      return { ok: true, value: await Promise.race([send(clientFor(region), { abortSignal }), endOf(abortSignal)]) };
    } catch (error) {
      return { ok: false, refusal: refusalFrom(error, question) };
    }
  }

  async function pages<T extends { nextToken?: string | undefined }>(
    page: (nextToken: string | undefined) => Promise<Answered<T>>,
    isEnough: (soFar: readonly T[]) => boolean,
  ): Promise<Answered<{ readonly pages: readonly [T, ...T[]]; readonly isWhole: boolean }>> {
    const first = await page(undefined);
    if (!first.ok) return first;
    const all: [T, ...T[]] = [first.value];
    const tokens = new Set<string>();
    let token = first.value.nextToken;
    while (token !== undefined && token !== '') {
      if (tokens.has(token) || all.length >= MAX_PAGES || isEnough(all)) return { ok: true, value: { pages: all, isWhole: false } };
      tokens.add(token);
      const next = await page(token);
      if (!next.ok) return next;
      all.push(next.value);
      token = next.value.nextToken;
    }
    return { ok: true, value: { pages: all, isWhole: true } };
  }

  return {
    call,
    pages,
    close() {
      closing.abort();
      for (const client of clients.values()) client.destroy();
      clients.clear();
    },
  };
}

function notYet(afterMs: number): Refusal {
  return { code: 'throttled', message: 'there are too many questions before this one', afterMs, concerns: 'finding' };
}

function endOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(Object.assign(new Error('No answer in time'), { name: 'TimeoutError' }));
    if (signal.aborted) return end();
    signal.addEventListener('abort', end, { once: true });
  });
}
