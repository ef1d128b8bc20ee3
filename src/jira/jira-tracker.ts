import type { Retry } from '../issues/failure.ts';
import type { Diagnose } from '../pipeline/ports/doctor-check.ts';
import type { CheckStart } from '../pipeline/ports/start-check.ts';
import type { Preflight } from '../pipeline/ports/preflight.ts';
import type { IssueTracker } from '../pipeline/ports/issue-tracker.ts';
import type { TrackerCall, WithCalls } from '../pipeline/ports/tracker-call.ts';
import type { TrackerAccess } from '../pipeline/ports/tracker-access.ts';
import type { Clock } from '../pipeline/ports/clock.ts';
import { createCall, createRequest } from './issue/create-call.ts';
import { createCreateMeta, KEEP_MS, type CreateMeta } from './project/create-meta.ts';
import { createCheckStart } from './preflight/check-start.ts';
import { createDiagnoseJira } from './preflight/diagnose-jira.ts';
import { finishCall } from './transition/finish-call.ts';
import type { JiraCalls } from './rate/jira-calls.ts';
import { linkCall } from './issue/link-call.ts';
import { addLabelsCall, addMarkerCall, writeMembershipCall, removeMarkerCall } from './issue/marker-calls.ts';
import type { AcquirePermit } from './rate/kept-reads.ts';
import { createLowPriorityPermits } from './rate/low-priority-permits.ts';
import { commentCall } from './issue/comment-call.ts';
import { transitionCall } from './transition/transition-call.ts';
import { createOwnAccount, type OwnAccount } from './project/own-account.ts';
import { createPeopleBook, type PeopleBook } from './project/people-book.ts';
import { createPreflight } from './preflight/preflight.ts';
import { prepareCall } from './fields/prepare-call.ts';
import { createProjectFacts, type ProjectFacts } from './project/project-facts.ts';
import {
  createRateGovernor,
  type DenialScope,
  type GovernorState,
  type RateGovernor,
  type RateGovernorOptions,
} from './rate/rate-governor.ts';
import { closeCall } from './transition/close-call.ts';
import { closeDuplicateCall } from './transition/close-duplicate-call.ts';
import { sayOnceCall } from './issue/say-once-call.ts';
import { freshCall, lookupCall, oursCall, readAllCall, readCall } from './issue/search-call.ts';
import { callVerdict, type CallVerdict } from './http/outcome-table.ts';
import { createAccessGate } from './rate/access-gate.ts';
import { createSignIn, type JiraCredentials } from './http/sign-in.ts';
import { createTransport } from './http/transport.ts';
import type { Fetch } from '../network/fetch.ts';
import { updateCall, type ScreenOf } from './issue/update-call.ts';
import { createWorkflowMaps, type WorkflowMaps } from './transition/workflow-map.ts';
import type { OpenRateLease } from '../pipeline/ports/rate-lease.ts';

/** A call that has ended. */
export interface JiraCallEnded {
  /** @see Operation */
  readonly endpoint: string;
  /** The HTTP status, or the network's code. */
  readonly result: string;
  readonly verdict: CallVerdict;
}

export interface JiraTrackerOptions {
  readonly baseUrl: string;
  readonly credentials: JiraCredentials;
  readonly fetch: Fetch;
  /** The ceiling of the rate; null: it is learned without one. */
  readonly requestsPerSecond: number | null;
  readonly maxInFlight: number;
  readonly timeoutMs: number;
  /** Through it replicas share the rate; null: this process has it alone. */
  readonly lease: OpenRateLease | null;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Called for every denied call, with the reason. */
  readonly onDenied: (scope: DenialScope) => void;
  /** Called when a call has got its permit, or was denied one, after so many ms. */
  readonly onWaited: RateGovernorOptions['onWaited'];
  /** Called at the end of every call. */
  readonly onCall: (call: JiraCallEnded) => void;
}

/** How long a preparation that only reads waits for permits, ms. */
const READ_PATIENCE_MS = 10_000;

const SOON: Retry = { when: 'after', afterMs: 1_000 };

/** The parts of the tracker, for the proof on a real site: what it proves is what the service runs. */
export interface JiraParts {
  readonly calls: JiraCalls;
  readonly account: OwnAccount;
  readonly meta: CreateMeta;
  readonly people: PeopleBook;
  readonly facts: ProjectFacts;
  readonly maps: WorkflowMaps;
}

/** The tracker port on Jira Cloud, and what the status page, preflight and doctor need of it. */
export interface JiraTracker extends IssueTracker {
  readonly parts: JiraParts;
  governorState(): GovernorState;
  readonly access: TrackerAccess;
  readonly preflight: Preflight;
  /** The doctor's check of Jira. */
  readonly diagnose: Diagnose;
  /** What is reported of Jira at start. */
  readonly checkStart: CheckStart;
  /** One call: whether Jira answers and knows the credentials. Null: it does. */
  check(): Promise<string | null>;
}

export function createJiraTracker(options: JiraTrackerOptions): JiraTracker {
  const { baseUrl, credentials, timeoutMs, clock } = options;
  const limiter = createRateGovernor(options);
  const gate = createAccessGate({
    governor: limiter,
    clock,
    random: options.random,
    async ask() {
      await limiter.another();
      const self = await account.confirm();
      return self.ok ? null : self.failure;
    },
  });
  const governor: RateGovernor = { ...limiter, permit: gate.permit };
  const signIn = createSignIn(options);
  const ask = createTransport({
    baseUrl,
    signIn,
    fetch: options.fetch,
    timeoutMs,
    blockedForMs: governor.blockedForMs,
    heldBack: gate.heldBack,
    clock,
    onAnswer: (answer, operation) => {
      governor.heard(answer, operation);
      gate.heard(answer, operation);
      const result = answer.kind === 'http' ? String(answer.status) : answer.code;
      options.onCall({ endpoint: operation.endpoint, result, verdict: callVerdict(answer, clock.now()) });
    },
    onNotSignedIn: gate.notSignedIn,
  });
  const calls: JiraCalls = { ask, governor, clock };
  const account = createOwnAccount(calls);
  const meta = createCreateMeta(calls);
  const people = createPeopleBook(calls);
  const facts = createProjectFacts(calls, meta);
  const acquire: AcquirePermit = () => governor.another().then(() => true);
  const maps = createWorkflowMaps((projectKey, issueType) => facts.statuses(projectKey, issueType, acquire, KEEP_MS));
  const diagnosed = { calls, account, access: gate, facts, baseUrl, credentials: credentials.kind, signIn };
  const newest = new Map<string, number>();
  const screenOf: ScreenOf = async ({ projectKey, issueType }) => {
    const read = await meta.read(projectKey, issueType, acquire, KEEP_MS);
    return read.read === 'known' ? read.screen : null;
  };

  /** The outcome of a method of the port, with its requests. Reads that are cached for all are not among them. */
  async function told<T extends object>(run: (heard: JiraCalls) => Promise<T>): Promise<T & WithCalls> {
    const heard: TrackerCall[] = [];
    const outcome = await run({ ...calls, ask: (call, _hear, sendBy) => ask(call, (one) => heard.push(one), sendBy) });
    return { ...outcome, calls: heard };
  }

  return {
    permit: governor.permit,
    denied: gate.denied,
    async prepare(draft, { kind, fresh }) {
      if (kind === 'create') return prepareCall({ meta, people, acquire }, draft, fresh);
      const low = createLowPriorityPermits(governor, clock, READ_PATIENCE_MS);
      return prepareCall({ meta, people, acquire: low.acquire }, draft, fresh).finally(low.end);
    },
    createRequest,
    async create(ready, marker, sendBy) {
      const outcome = await told((heard) => createCall(heard, ready, marker, sendBy));
      if (outcome.outcome === 'confirmed') noteNumber(newest, outcome.issue.key);
      // The screen may have changed: after a new read of it the same create may succeed.
      const isRefused = outcome.outcome === 'rejected' && outcome.failure.code === 'jira-invalid-request';
      return isRefused && meta.refused(ready.projectKey) ? { ...outcome, failure: { ...outcome.failure, retry: SOON } } : outcome;
    },
    lookup: (question) => told((heard) => lookupCall(heard, account, question)),
    close: (issue, target) => told((heard) => closeCall(heard, account, maps, issue, target)),
    reopen: (issue, target) => told((heard) => transitionCall(heard, account, maps, 'open', issue, target)),
    finish: (issue, owed, aim) => told((heard) => finishCall(heard, account, issue, owed, aim)),
    update: (issue, update) => told((heard) => updateCall(heard, account, screenOf, issue, update)),
    async comment(issue, comment) {
      await governor.another();
      return commentCall(calls, issue, comment);
    },
    closeDuplicate: (duplicate, kept, how) => closeDuplicateCall(calls, account, maps, duplicate, kept, how),
    read: (issueKey) => readCall(calls, account, issueKey),
    readAll: (ids) => readAllCall(calls, account, ids),
    project: (projectKey) => facts.visible(projectKey, acquire),
    addMarker: (issue, marker) => addMarkerCall(calls, issue, marker),
    writeMembership: (issue, property) => writeMembershipCall(calls, issue, property),
    addLabels: (issue, labels) => addLabelsCall(calls, issue, labels),
    removeMarker: (issue, tombstone, label) => removeMarkerCall(calls, issue, tombstone, label),
    ours: (withinMs, cursor) => oursCall(calls, account, withinMs, cursor),
    fresh: (projectKey) => freshCall(calls, account, projectKey),
    sayOnce: (issue, comment, withinMs) => sayOnceCall(calls, account, issue, comment, clock.now() - withinMs, 'same-words'),
    link: (issue, to) => linkCall(calls, 'Relates', issue, to),
    mention: (key) => (isGateway(baseUrl) ? { key } : { key, url: browseUrl(baseUrl, key) }),
    url: (key) => browseUrl(baseUrl, key),
    newestNumber: (projectKey) => newest.get(projectKey) ?? null,
    parts: { calls, account, meta, people, facts, maps },
    governorState: governor.state,
    access: gate,
    preflight: createPreflight({ calls, account, meta, people, facts, maps }),
    diagnose: createDiagnoseJira(diagnosed),
    checkStart: createCheckStart(diagnosed),
    async check() {
      await governor.another();
      const self = await account.confirm();
      return self.ok ? null : self.failure.message;
    },
  };
}

/** Where a person opens an issue. */
function browseUrl(baseUrl: string, key: string): string {
  return `${baseUrl}/browse/${encodeURIComponent(key)}`;
}

/** Whether the address is for the API only: there are no pages for people. */
function isGateway(baseUrl: string): boolean {
  return baseUrl.startsWith('https://api.atlassian.com/');
}

function noteNumber(newest: Map<string, number>, key: string): void {
  const dash = key.lastIndexOf('-');
  const [project, number] = [key.slice(0, dash), Number(key.slice(dash + 1))];
  newest.set(project, Math.max(number, newest.get(project) ?? 0));
}
