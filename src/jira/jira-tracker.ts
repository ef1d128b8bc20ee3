import type { Retry } from '../issues/failure.ts';
import type { IssueTracker } from '../pipeline/issue-tracker.ts';
import type { Clock } from '../pipeline/clock.ts';
import type { RateLease } from '../pipeline/rate-lease.ts';
import { createCall, createRequest } from './create-call.ts';
import { createCreateMeta } from './create-meta.ts';
import type { JiraCalls } from './jira-calls.ts';
import { createLowTurns } from './low-turns.ts';
import { markCall, unmarkCall } from './mark-call.ts';
import { commentCall, moveCall } from './move-call.ts';
import { failureOf } from './outcome-table.ts';
import { createOwnAccount } from './own-account.ts';
import { createPeopleBook } from './people-book.ts';
import { prepareCall } from './prepare-call.ts';
import { createRateGovernor, type DenialScope, type GovernorState } from './rate-governor.ts';
import { retireCall } from './retire-call.ts';
import { lookCall, oursCall, readCall } from './search-call.ts';
import { createTransport, type JiraCredentials } from './transport.ts';
import { createWorkflowMaps } from './workflow-map.ts';

export interface JiraTrackerOptions {
  readonly baseUrl: string;
  readonly credentials: JiraCredentials;
  readonly requestsPerSecond: number;
  readonly maxInFlight: number;
  readonly timeoutMs: number;
  /** By which replicas share the rate; null: this process has it alone. */
  readonly lease: RateLease | null;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Hears of every call that had to wait for too long, with what it waited for. */
  readonly onDenied: (scope: DenialScope) => void;
  /** Hears of every call's end: the HTTP status, or the network's code. */
  readonly onCall: (result: string) => void;
}

/** How long somebody who only wants to see waits for turns, ms. */
const LOOK_MS = 10_000;

const SOON: Retry = { when: 'after', afterMs: 1_000 };

/** The tracker port on Jira Cloud, and what the status page shows of it. */
export interface JiraTracker extends IssueTracker {
  governorState(): GovernorState;
  /** One call: whether Jira answers and knows the credentials. Null: it does. */
  check(): Promise<string | null>;
}

export function createJiraTracker(options: JiraTrackerOptions): JiraTracker {
  const { baseUrl, credentials, timeoutMs, clock } = options;
  const governor = createRateGovernor(options);
  const ask = createTransport({
    baseUrl,
    credentials,
    timeoutMs,
    hold: governor.hold,
    onAnswer: (answer, operation) => {
      governor.heard(answer, operation);
      options.onCall(answer.kind === 'http' ? String(answer.status) : answer.code);
    },
  });
  const calls: JiraCalls = { ask, governor, clock };
  const account = createOwnAccount(calls);
  const maps = createWorkflowMaps();
  const meta = createCreateMeta(calls);
  const people = createPeopleBook(calls);
  const newest = new Map<string, number>();

  return {
    permit: governor.permit,
    async prepare(draft, { kind, fresh }) {
      if (kind === 'open') return prepareCall({ meta, people, turn: () => governor.another().then(() => true) }, draft, fresh);
      const { turn, end } = createLowTurns(governor, clock, LOOK_MS);
      return prepareCall({ meta, people, turn }, draft, fresh).finally(end);
    },
    createRequest,
    async create(ready, marker, sendBy) {
      const outcome = await createCall(calls, ready, marker, sendBy);
      if (outcome.outcome === 'confirmed') noteNumber(newest, outcome.issue.key);
      // The screen may be another one by now: read anew, the same create may come out right.
      const isRefused = outcome.outcome === 'rejected' && outcome.failure.code === 'jira-invalid-request';
      return isRefused && meta.refused(ready.projectKey) ? { ...outcome, failure: { ...outcome.failure, retry: SOON } } : outcome;
    },
    look: (question) => lookCall(calls, account, question),
    close: (issue, target) => moveCall(calls, maps, 'closed', issue, target),
    reopen: (issue, target) => moveCall(calls, maps, 'open', issue, target),
    async comment(issue, comment) {
      await governor.another();
      const answer = await commentCall(calls, issue, comment);
      return answer.kind === 'http' && answer.status === 201 ? null : failureOf(answer, clock.now());
    },
    retire: (twin, kept, comment) => retireCall(calls, maps, twin, kept, comment),
    read: (issueKey) => readCall(calls, account, issueKey),
    mark: (issue, marker) => markCall(calls, issue, marker),
    unmark: (issue, tombstone, label) => unmarkCall(calls, issue, tombstone, label),
    ours: (withinMs, cursor) => oursCall(calls, account, withinMs, cursor),
    url: (key) => `${baseUrl}/browse/${encodeURIComponent(key)}`,
    newestNumber: (projectKey) => newest.get(projectKey) ?? null,
    governorState: governor.state,
    async check() {
      await governor.another();
      const self = await account.confirm();
      return self.ok ? null : self.failure.message;
    },
  };
}

function noteNumber(newest: Map<string, number>, key: string): void {
  const dash = key.lastIndexOf('-');
  const [project, number] = [key.slice(0, dash), Number(key.slice(dash + 1))];
  newest.set(project, Math.max(number, newest.get(project) ?? 0));
}
