import type { IssueTracker } from '../pipeline/issue-tracker.ts';
import type { Clock } from '../pipeline/clock.ts';
import type { RateLease } from '../pipeline/rate-lease.ts';
import { createCall } from './create-call.ts';
import type { JiraCalls } from './jira-calls.ts';
import { markCall, unmarkCall } from './mark-call.ts';
import { commentCall, moveCall } from './move-call.ts';
import { failureOf } from './outcome-table.ts';
import { createOwnAccount } from './own-account.ts';
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
  const newest = new Map<string, number>();

  return {
    permit: governor.permit,
    async create(draft, marker, sendBy) {
      const outcome = await createCall(calls, draft, marker, sendBy);
      if (outcome.outcome === 'confirmed') noteNumber(newest, outcome.issue.key);
      return outcome;
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
