import { parseArn } from '../../findings/arn.ts';
import type { FindingKey } from '../../findings/finding.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import { createAdaptiveRateLimiter } from './adaptive-rate-limiter.ts';
import { createFollowDue, sleepUnless } from '../enrichment/follow-due.ts';
import { DETAILS } from '../records/details-collections.ts';
import { createFetchDetails } from './fetch-details.ts';
import type { DetailsSource } from '../ports/details-source.ts';
import type { Emit } from '../ports/service-event.ts';
import { createKnownRefusals } from './known-refusals.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { type Store } from '../ports/store.ts';
import type { WantingDetails } from './want-details.ts';

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
  readonly accept: AcceptFinding;
  readonly source: DetailsSource;
  readonly emit: Emit;
  /** Calls per second to each Region, of all replicas together. @see DETAILS_PER_SECOND */
  readonly perSecond: number;
}

export function createDetailsFetcher(deps: DetailsFetcherDeps): DetailsFetcher {
  const followDue = createFollowDue(deps);
  const stop = new AbortController();
  const refusals = createKnownRefusals();
  const limiter = createAdaptiveRateLimiter(deps);
  const fetch = createFetchDetails({ ...deps, refusals, limiter, stopping: stop.signal, sleep: (ms) => sleepUnless(stop.signal, ms) });
  let working: Promise<void> = Promise.resolve();

  return {
    start() {
      working = followDue({ name: 'details', collection: DETAILS, laneOf: regionOf, limiter, follow: fetch }, stop.signal);
    },
    async stop() {
      stop.abort();
      deps.source.close();
      await working;
    },
    refusalOf: (analyzerArn, now) => refusals.of('list', analyzerArn, now),
  };
}

/** A finding key begins with the ARN of its analyzer. */
function regionOf(key: FindingKey): string {
  return parseArn(key)?.region ?? '';
}
