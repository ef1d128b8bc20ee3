import type { Clock } from '../ports/clock.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { inTime } from './in-time.ts';
import type { Ticker } from './ticker.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import type { TrackerAccess } from '../ports/tracker-access.ts';

/** The process's own state, for the probes and the status page. */
export interface Health {
  /** Whether work makes progress. Asks no other system: a restart must be able to help. */
  liveness(): { readonly ok: boolean; readonly because: string };
  /** Whether messages can be accepted. Jira is shown but not decisive: while it does not answer, work waits in the store. */
  readiness(): Promise<{ readonly ok: boolean; readonly parts: Readonly<Record<'store' | 'queue' | 'rules' | 'jira', Part>> }>;
  /** The attributes of the SQS queues; null where one does not answer. */
  queues(): Promise<readonly QueueFacts[]>;
}

export interface Part {
  readonly ok: boolean;
  readonly message: string;
}

export interface QueueFacts {
  readonly url: string;
  readonly attributes: { readonly waiting: number; readonly inFlight: number; readonly redrives: boolean } | null;
}

/** One SQS queue. `receiveProblem`: why the last receive failed; null: it did not. */
export interface SqsFacts {
  readonly url: string;
  attributes(): Promise<NonNullable<QueueFacts['attributes']>>;
  receiveProblem(): string | null;
}

export interface HealthDeps {
  readonly queue: ReconcileQueue;
  readonly ticker: Ticker;
  readonly rules: RuleBook;
  /** Why the rules file is not in force; null: it is, or no file is followed. */
  readonly rulesFileProblem: () => string | null;
  readonly trust: StoreTrust;
  readonly clock: Clock;
  /** Null: Jira answers and knows us; else why not. */
  readonly checkJira: () => Promise<string | null>;
  /** Whether Jira accepts our token: while it does not, it is not asked for a probe. */
  readonly access: Pick<TrackerAccess, 'state'>;
  /** Why the store takes nothing; null: it does. @see watchStore */
  readonly storeProblem: () => string | null;
  /** Received messages that wait for the store. */
  readonly heldMessages: () => number;
  readonly sqs: readonly SqsFacts[];
}

/** A probe waits no longer than this for another part, ms. */
const PROBE_MS = 3_000;

/** Probes come every few seconds; Jira is not asked that often. */
const JIRA_EVERY_MS = 30_000;

/** A tick is due twice a second, and takes some seconds while the store does not answer. */
const TICK_MS = 120_000;

export function createHealth(deps: HealthDeps): Health {
  const { queue, ticker, rules, trust, clock } = deps;
  let jira: { readonly at: number; readonly part: Promise<Part> } | null = null;

  async function jiraPart(): Promise<Part> {
    const { access, message } = deps.access.state();
    if (access !== 'accepted') {
      jira = null;
      return { ok: false, message };
    }
    if (jira === null || clock.monotonic() - jira.at > JIRA_EVERY_MS) {
      jira = { at: clock.monotonic(), part: probe(async () => (await deps.checkJira()) ?? 'answers') };
    }
    return jira.part;
  }

  /** The calls of the service come before any question: a store that is full or read-only answers questions. */
  async function storePart(): Promise<Part> {
    const problem = deps.storeProblem();
    if (problem !== null) return { ok: false, message: problem.slice(0, 300) };
    const held = deps.heldMessages();
    if (held > 0) return { ok: false, message: `${held} received messages wait for it` };
    return probe(async () =>
      (await trust.isTrusted()) ? 'answers' : 'answers; nothing is created until our issues have been read back from Jira',
    );
  }

  /** A queue may answer questions and refuse every receive. */
  async function queuePart(): Promise<Part> {
    const problem = deps.sqs.map((one) => one.receiveProblem()).find((one) => one !== null);
    if (problem !== undefined) return { ok: false, message: problem.slice(0, 300) };
    return probe(async () => {
      const { length } = await Promise.all(deps.sqs.map((one) => one.attributes()));
      return length === 1 ? '1 queue answers' : `${length} queues answer`;
    });
  }

  /** A file that can't be used is shown but not decisive: the previous rules stay in force. */
  async function rulesPart(): Promise<Part> {
    return probe(async () => {
      const { revision } = await rules.current();
      const problem = deps.rulesFileProblem();
      return problem === null ? `revision ${revision}` : `revision ${revision}; the rules file can't be used: ${problem.slice(0, 300)}`;
    });
  }

  return {
    liveness() {
      const work = queue.health();
      if (work.state === 'wedged')
        return { ok: false, because: `nothing was reconciled for ${Math.round(work.forMs / 1_000)} s while work waits` };
      const silentMs = clock.monotonic() - ticker.lastTickAt();
      if (silentMs > TICK_MS) return { ok: false, because: `the ticker has not run for ${Math.round(silentMs / 1_000)} s` };
      return { ok: true, because: 'work makes progress' };
    },
    async readiness() {
      const [ofStore, ofQueue, ofRules, ofJira] = await Promise.all([storePart(), queuePart(), rulesPart(), jiraPart()]);
      const parts = { store: ofStore, queue: ofQueue, rules: ofRules, jira: { ...ofJira, ok: ofJira.ok && ofJira.message === 'answers' } };
      return { ok: parts.store.ok && parts.queue.ok && parts.rules.ok, parts };
    },
    queues: () =>
      Promise.all(
        deps.sqs.map(async (one) => {
          const facts = await inTime(one.attributes(), PROBE_MS).catch(() => null);
          return { url: one.url, attributes: facts };
        }),
      ),
  };
}

async function probe(ask: () => Promise<string>): Promise<Part> {
  try {
    return { ok: true, message: await inTime(ask(), PROBE_MS) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message.slice(0, 300) : 'does not answer' };
  }
}
