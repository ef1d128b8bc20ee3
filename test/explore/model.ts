import type { JsonObject } from '../../src/findings/json.ts';
import { parseFinding } from '../../src/findings/parse-finding.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { DEFAULT_COOLDOWNS, DETAILS_WAIT_MS } from '../../src/issues/step-delay.ts';
import { createAcceptFinding } from '../../src/pipeline/accept/accept-finding.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { IssueTracker } from '../../src/pipeline/ports/issue-tracker.ts';
import type { ReconcileQueue } from '../../src/pipeline/ports/reconcile-queue.ts';
import { StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import { claimBounds } from '../../src/pipeline/reconcile/reconcile-context.ts';
import { createReconcileGroup } from '../../src/pipeline/reconcile/reconcile-group.ts';
import { ANALYZERS } from '../../src/pipeline/records/analyzer-collections.ts';
import { FINDING_NAMES, FINDINGS } from '../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import { commitTo, documentsIn, type Documents } from './documents.ts';
import { MODEL_RULES } from './model-rules.ts';
import { storePort, trackerPort } from './replica-ports.ts';
import { createReplicaRuns, type ReplicaRuns } from './replica-runs.ts';
import type { Ask } from './request.ts';

/** Times of the model, ms. Shorter than in production where only their order counts. */
export interface Times {
  /** How long Jira's search does not show a new issue. */
  readonly indexLagMs: number;
  /** How long a request whose sender no longer waits may be on its way. */
  readonly lateMs: number;
  /** How long lookups must span before an uncertain create is sent again. */
  readonly windowMs: number;
}

/** What lateness and lag take together is shorter than the window, as the service takes for granted. */
export const TIMES: Times = { indexLagMs: 12_000, lateMs: 5_000, windowMs: 20_000 };

const TIMEOUT_MS = 15_000;
const SLACK_MS = 60_000;

/** What a fault that a test plants puts in place of the right parts. */
export interface Planted {
  /** Of Jira, where it breaks what the service takes for granted. */
  readonly indexLagMs?: number;
  /** Of the service. */
  readonly windowMs?: number;
  readonly store?: (store: Store) => Store;
  readonly tracker?: (tracker: IssueTracker) => IssueTracker;
}

/** The service's own reconciling, as a process of its own that asks the explorer. */
export function createRuns(group: string, { windowMs = TIMES.windowMs, store: plantStore, tracker: plantTracker }: Planted): ReplicaRuns {
  return createReplicaRuns(async (ask, now, owner) => {
    const clock: Clock = { now, monotonic: now };
    const [store, tracker] = [storePort(ask, now, REPLICAS_SHARE), trackerPort(ask, clock)];
    const reconcile = createReconcileGroup({
      store: plantStore?.(store) ?? store,
      tracker: plantTracker?.(tracker) ?? tracker,
      rules: MODEL_RULES,
      trust: { ensure: () => Promise.resolve(), isTrusted: () => Promise.resolve(true), advance: () => Promise.resolve() },
      clock,
      installation: 'default',
      mode: 'live',
      owner,
      soleOwner: false,
      ...claimBounds(TIMEOUT_MS, SLACK_MS),
      uncertainWindowMs: windowMs,
      cooldowns: DEFAULT_COOLDOWNS,
      canRescan: false,
      detailsWaitMs: DETAILS_WAIT_MS,
      sweptEveryMs: 0,
      sleep: () => Promise.resolve(),
      enrichers: [],
      emit: () => undefined,
    });
    try {
      await reconcile(group);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  });
}

const REPLICAS_SHARE: ReadonlySet<string> = new Set([GROUPS.name, FINDINGS.name]);
const ACCEPTING_WRITES: ReadonlySet<string> = new Set([...REPLICAS_SHARE, FINDING_NAMES.name, ANALYZERS.name]);

/**
 * Stores an event, by the service's own code, at one moment: it writes in one commit, checked against all that it has read of the group, so
 * whatever comes in between makes it start anew.
 */
export async function accepted(
  documents: Documents,
  event: JsonObject,
  now: number,
): Promise<{ readonly documents: Documents; readonly group: string }> {
  let current = documents;
  const ask: Ask = (request) => {
    switch (request.call) {
      case 'read':
        return Promise.resolve({ is: 'documents', documents: documentsIn(current, request.collection, request.ids) });
      case 'commit': {
        const committed = commitTo(current, request.writes);
        current = committed.documents;
        return Promise.resolve({ is: 'committed', result: committed.result });
      }
      default:
        throw new Error(`Accepting an event does not ask for ${request.call}`);
    }
  };
  const clock: Clock = { now: () => now, monotonic: () => now };
  const store = storePort(ask, clock.now, ACCEPTING_WRITES);
  const accept = createAcceptFinding({ store, queue: NO_QUEUE, rules: MODEL_RULES, clock, emit: () => undefined });
  const { group } = await accept(findingOf(event, now));
  return { documents: current, group };
}

function findingOf(event: JsonObject, now: number): Finding {
  const parsed = parseFinding(event, now);
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

/** A replica begins whenever the group is due, so nothing depends on who asks. */
const NO_QUEUE: ReconcileQueue = {
  ask: () => Promise.resolve(),
  work: () => undefined,
  pause: () => Promise.resolve(),
  depth: () => Promise.resolve(0),
  health: () => ({ state: 'working' }),
  close: () => Promise.resolve(),
};
