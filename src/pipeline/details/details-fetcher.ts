import { parseArn } from '../../findings/arn.ts';
import type { FindingKey } from '../../findings/finding.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import { createAdaptiveRateLimiter } from './adaptive-rate-limiter.ts';
import { DETAILS } from '../records/details-collections.ts';
import { createFetchDetails } from './fetch-details.ts';
import type { DetailsSource } from '../ports/details-source.ts';
import { type Emit, failureEvent } from '../ports/service-event.ts';
import { createKnownRefusals } from './known-refusals.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { type Store } from '../ports/store.ts';
import type { WantingDetails } from './want-details.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** Fetches the details that are due, one finding at a time in each Region, the longest waiting first. */
export interface DetailsFetcher {
  start(): void;
  /** Aborts the calls under way; resolves when they have ended. */
  stop(): Promise<void>;
  readonly refusalOf: WantingDetails['refusalOf'];
}

export interface DetailsFetcherDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly rules: RuleBook;
  readonly trust: StoreTrust;
  readonly accept: AcceptFinding;
  readonly source: DetailsSource;
  readonly emit: Emit;
  /** Calls per second to each Region, of all replicas together. @see DETAILS_PER_SECOND */
  readonly perSecond: number;
}

const EVERY_MS = 1_000;
/** The most due findings that are grouped by Region; a Region behind more of them waits. */
const MAX_DUE = 1_000;
/** Regions that are asked at the same time. */
const MAX_LANES = 20;
/** Findings of a Region before the due ones are read again. */
const MAX_IN_A_ROW = 20;
/** A Region whose next slot is farther away is skipped for now, ms. */
const PATIENCE_MS = 5_000;

export function createDetailsFetcher(deps: DetailsFetcherDeps): DetailsFetcher {
  const { store, emit } = deps;
  const stop = new AbortController();
  const refusals = createKnownRefusals();
  const limiter = createAdaptiveRateLimiter(deps);
  const fetch = createFetchDetails({ ...deps, refusals, limiter, stopping: stop.signal, sleep: (ms) => sleep(ms, stop.signal) });
  const lanes = new Map<string, Promise<void>>();
  let polling: Promise<void> = Promise.resolve();

  async function poll(): Promise<void> {
    const keys = await store.due(DETAILS, await store.now(), MAX_DUE);
    for (const [region, due] of Map.groupBy(keys, regionOf)) {
      if (lanes.has(region) || lanes.size >= MAX_LANES) continue;
      lanes.set(
        region,
        guarded(() => follow(region, due.slice(0, MAX_IN_A_ROW))).finally(() => lanes.delete(region)),
      );
    }
  }

  async function follow(region: string, keys: readonly FindingKey[]): Promise<void> {
    for (const key of keys) {
      if (stop.signal.aborted || (await limiter.waitMs(region)) > PATIENCE_MS) return;
      if ((await fetch(key)) === 'paused') return;
    }
  }

  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      emit(failureEvent('details', error));
    }
  }

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await guarded(poll);
      await sleep(EVERY_MS, stop.signal);
    }
  }

  return {
    start() {
      polling = loop();
    },
    async stop() {
      stop.abort();
      deps.source.close();
      await polling;
      await Promise.all(lanes.values());
    },
    refusalOf: (analyzerArn, now) => refusals.of('list', analyzerArn, now),
  };
}

/** A finding key begins with the ARN of its analyzer. */
function regionOf(key: FindingKey): string {
  return parseArn(key)?.region ?? '';
}

/** Ends early when the process ends. */
function sleep(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted || ms <= 0) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
    stopping.addEventListener('abort', done, { once: true });
  });
}
