import { COMMON_LABEL } from '../../src/issues/marker.ts';
import { createCall } from '../../src/jira/issue/create-call.ts';
import { failureOf } from '../../src/jira/http/outcome-table.ts';
import type { Answer } from '../../src/jira/http/answer.ts';
import { createRateGovernor } from '../../src/jira/rate/rate-governor.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { IssueRef } from '../../src/pipeline/ports/issue-ref.ts';
import type { IssueTracker } from '../../src/pipeline/ports/issue-tracker.ts';
import { StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import type { TrackerCall } from '../../src/pipeline/ports/tracker-call.ts';
import type { TransitionOutcome, TransitionTarget } from '../../src/pipeline/ports/tracker-transition.ts';
import { storedOf } from './documents.ts';
import { statusOf, type Side } from './jira-model.ts';
import { expectReply, type Ask } from './request.ts';

/** The store as a replica sees it. @param shared the collections that change while replicas run; in any other it finds nothing */
export function storePort(ask: Ask, now: () => number, shared: ReadonlySet<string>): Store {
  return {
    async read(from, ids) {
      if (!shared.has(from.name)) return ids.map(() => null);
      const { documents } = expectReply(await ask({ call: 'read', collection: from.name, ids }), 'documents');
      return documents.map((found) => (found === null ? null : storedOf(found)));
    },
    // Lists serve to find other groups and their findings, of which the model has none.
    page: () => Promise.resolve({ items: [], nextCursor: null }),
    async commit(writes) {
      const other = writes.find(({ collection }) => !shared.has(collection));
      if (other !== undefined) throw new Error(`The model takes ${other.collection} for unchanging`);
      const reply = await ask({ call: 'commit', writes });
      if (reply.is === 'store-unavailable') throw new StoreUnavailable('its answer is lost');
      return expectReply(reply, 'committed').result;
    },
    counts: (_of, terms) => Promise.resolve(terms.map(() => 0)),
    now: () => Promise.resolve(now()),
    due: beyond('due'),
    identity: beyond('identity'),
    close: () => Promise.resolve(),
  };
}

/** Jira as a replica sees it. An answer to a create goes through the service's own table of what answers mean. */
export function trackerPort(ask: Ask, clock: Clock): IssueTracker {
  async function answerTo(request: Parameters<Ask>[0]): Promise<Answer> {
    return expectReply(await ask(request), 'answer').answer;
  }

  async function transition(to: Side, issue: IssueRef, { sendBy, readFirst }: TransitionTarget): Promise<TransitionOutcome> {
    const calls: TrackerCall[] = [];
    const failed = (answer: Answer): TransitionOutcome => ({ outcome: 'failed', failure: failureOf(answer, clock.now()), calls });
    // Jira refuses a close to an issue that is closed, so only a close may go unread; the refusal is read then.
    for (let isRead = readFirst || to === 'open'; ; isRead = true) {
      if (isRead) {
        calls.push({ ...CALL, operation: 'GET /issue/*' });
        const seen = await ask({ call: 'status', id: issue.id });
        if (seen.is === 'answer') return failed(seen.answer);
        const { side } = expectReply(seen, 'side');
        if (side === to) return { outcome: 'already-there', issue, status: statusOf(side), calls };
      }
      const answer = await answerTo({ call: 'transition', id: issue.id, to, sendBy });
      if (answer.kind !== 'late') calls.push({ ...CALL, operation: 'POST /issue/*/transitions' });
      if (answer.kind === 'http' && answer.status === 204) return { outcome: 'transitioned', issue, status: statusOf(to), calls };
      if (isRead || answer.kind !== 'http' || answer.status !== 400) return failed(answer);
    }
  }

  return {
    permit: () => Promise.resolve({ granted: true, release: () => undefined }),
    denied: () => null,
    prepare: (draft) =>
      Promise.resolve({
        ok: true,
        ready: {
          projectKey: draft.projectKey,
          issueType: draft.issueType,
          fields: {},
          labels: [COMMON_LABEL],
          takesLabels: true,
          notes: [],
        },
      }),
    create(ready, marker, sendBy) {
      const calls = { ask: () => answerTo({ call: 'create', marker, sendBy }), governor: GOVERNOR, clock };
      return createCall(calls, ready, marker, sendBy);
    },
    async lookup({ label }) {
      const reply = await ask({ call: 'search', label });
      if (reply.is === 'answer') return { valid: false, because: 'failed', found: [], failure: failureOf(reply.answer, clock.now()) };
      return { valid: true, because: 'ok', found: expectReply(reply, 'found').found, failure: null };
    },
    close: (issue, target) => transition('closed', issue, target),
    reopen: (issue, target) => transition('open', issue, target),
    async finish(issue, owed) {
      const answer = await answerTo({ call: 'edit', id: issue.id });
      return answer.kind === 'http' ? { left: null, failure: null } : { left: owed, failure: failureOf(answer, clock.now()) };
    },
    async update(issue, { fields }) {
      const seen = await ask({ call: 'status', id: issue.id });
      if (seen.is === 'answer') return { outcome: 'failed', failure: failureOf(seen.answer, clock.now()) };
      const { side } = expectReply(seen, 'side');
      if (side === 'closed') return { outcome: 'closed', issue, status: statusOf(side), byPerson: false };
      const answer = await answerTo({ call: 'edit', id: issue.id });
      if (answer.kind !== 'http') return { outcome: 'failed', failure: failureOf(answer, clock.now()) };
      return { outcome: 'updated', issue, status: statusOf(side), sent: fields, theirs: [] };
    },
    mention: (key) => ({ key }),
    url: (key) => key,
    newestNumber: () => null,
    createRequest: beyond('createRequest'),
    comment: beyond('comment'),
    closeDuplicate: beyond('closeDuplicate'),
    read: beyond('read'),
    readAll: beyond('readAll'),
    project: beyond('project'),
    addMarker: beyond('addMarker'),
    writeMembership: beyond('writeMembership'),
    addLabels: beyond('addLabels'),
    removeMarker: beyond('removeMarker'),
    ours: beyond('ours'),
    sayOnce: beyond('sayOnce'),
    link: beyond('link'),
    fresh: beyond('fresh'),
  };
}

const CALL = { result: '', requestId: null, tookMs: 0 };

const NO_TIME: Clock = { now: () => 0, monotonic: () => 0 };

/** Every permit is granted, so it is never asked. */
const GOVERNOR = createRateGovernor({
  requestsPerSecond: null,
  maxInFlight: 1,
  lease: null,
  clock: NO_TIME,
  random: () => 0.5,
  onDenied: () => undefined,
  onWaited: () => undefined,
});

/** A call that no scenario of the explorer leads to. */
function beyond(call: string): () => never {
  return () => {
    throw new Error(`The model does not know ${call}`);
  };
}
