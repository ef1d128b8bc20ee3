import type { Answer } from '../../src/jira/http/answer.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import { commitTo, documentsIn } from './documents.ts';
import { refOf, searched, sideOf, withIssueMade, withSide } from './jira-model.ts';
import type { Times } from './model.ts';
import type { Reply, Request } from './request.ts';
import { afterCommit, afterCreate, afterLookup, afterRefusal, afterTransition, type Breach } from './watch.ts';
import { groupIn, type LateRequest, type World } from './world.ts';

/** What became of a request: the world afterwards, and what its sender is told. */
interface Served {
  readonly world: World;
  readonly reply: Reply;
}

/** How a request may end. `name`: for the schedule. */
export interface Ending {
  readonly name: string;
  end(): Served | Breach;
}

type CreateRequest = Request & { readonly call: 'create' };
type TransitionRequest = Request & { readonly call: 'transition' };

/** The connection broke: Jira may have done what it was asked. */
const LOST: Answer = { kind: 'network', code: 'ECONNRESET' };
const NEVER_SENT: Answer = { kind: 'network', code: 'ECONNREFUSED' };

/** All ways in which a request may end now. */
export function endingsOf(world: World, request: Request, owner: string, times: Times): readonly Ending[] {
  switch (request.call) {
    case 'read':
      return [{ name: '', end: () => ({ world, reply: readOf(world, request) }) }];
    case 'commit':
      return commitEndings(world, request, times);
    case 'create':
    case 'transition':
      return sendEndings(world, request, owner, times);
    case 'search':
    case 'status':
    case 'edit':
      return [
        { name: '', end: () => ask(world, request, times) },
        ...ifLeft(world, 'lostAnswers', 'not answered', (next) => ({ world: next, reply: { is: 'answer', answer: LOST } })),
      ];
    default:
      return request satisfies never;
  }
}

export function readOf({ documents }: World, { collection, ids }: Request & { readonly call: 'read' }): Reply {
  return { is: 'documents', documents: documentsIn(documents, collection, ids) };
}

function commitEndings(world: World, request: Request & { readonly call: 'commit' }, times: Times): readonly Ending[] {
  const unavailable: Reply = { is: 'store-unavailable' };
  return [
    { name: '', end: () => commit(world, request, times) },
    ...ifLeft(world, 'lostCommits', 'not written, not answered', (next) => ({ world: next, reply: unavailable })),
    ...ifLeft(world, 'lostCommits', 'written, not answered', (next) => {
      const done = commit(next, request, times);
      return 'promise' in done ? done : { ...done, reply: unavailable };
    }),
  ];
}

function commit(world: World, { writes }: Request & { readonly call: 'commit' }, { windowMs }: Times): Served | Breach {
  const { documents, result } = commitTo(world.documents, writes);
  const reply: Reply = { is: 'committed', result };
  const after = groupIn(documents);
  if (!result.ok || after === null || writes.every(({ collection }) => collection !== GROUPS.name))
    return { world: { ...world, documents }, reply };
  const watch = afterCommit(world.watch, groupIn(world.documents), after, windowMs);
  return 'promise' in watch ? watch : { world: { ...world, documents, watch }, reply };
}

/** Requests that change something in Jira, and may not be made twice. */
function sendEndings(world: World, request: CreateRequest | TransitionRequest, owner: string, { lateMs }: Times): readonly Ending[] {
  const { now } = world;
  if (now > request.sendBy) return [{ name: 'too late to be sent', end: () => told(world, request, owner, { kind: 'late' }) }];
  return [
    { name: '', end: () => send(world, request, owner) },
    ...ifLeft(world, 'lostAnswers', 'never sent', (next) => told(next, request, owner, NEVER_SENT)),
    ...ifLeft(world, 'lostAnswers', 'not done, not answered', (next) => {
      const sent = onTheWire(next, request, owner);
      return 'promise' in sent ? sent : told(sent, request, owner, LOST);
    }),
    ...ifLeft(world, 'lostAnswers', 'done, not answered', (next) => {
      const done = send(next, request, owner);
      return 'promise' in done ? done : told(done.world, request, owner, LOST);
    }),
    ...ifLeft(world, 'lostAnswers', 'done later, not answered', (next) => {
      const sent = leftOnTheWire(next, request, owner, now + lateMs);
      return 'promise' in sent ? sent : told(sent, request, owner, LOST);
    }),
  ];
}

/** The process dies right after it has sent the request, which arrives later. */
export function leftOnTheWire(world: World, request: CreateRequest | TransitionRequest, owner: string, until: number): World | Breach {
  const sent = onTheWire(world, request, owner);
  return 'promise' in sent ? sent : { ...sent, late: [...sent.late, { request, owner, until }] };
}

/** A request arrives whose sender no longer waits. */
export function arrive(world: World, late: LateRequest): World {
  return carryOut({ ...world, late: world.late.filter((one) => one !== late) }, late.request).world;
}

function send(world: World, request: CreateRequest | TransitionRequest, owner: string): Served | Breach {
  const sent = onTheWire(world, request, owner);
  if ('promise' in sent) return sent;
  const done = carryOut(sent, request);
  return told(done.world, request, owner, done.answer);
}

function onTheWire(world: World, request: CreateRequest | TransitionRequest, owner: string): World | Breach {
  const { watch } = world;
  const next =
    request.call === 'create' ? afterCreate(watch, owner, request.marker.property.attempt) : afterTransition(watch, owner, request.to);
  return 'promise' in next ? next : { ...world, watch: next };
}

/** Jira does what it is asked. It refuses a transition to where an issue is. */
function carryOut(world: World, request: CreateRequest | TransitionRequest): { readonly world: World; readonly answer: Answer } {
  if (request.call === 'create') {
    const { jira, number } = withIssueMade(world.jira, request.marker, world.now);
    return { world: { ...world, jira }, answer: http(201, refOf(number)) };
  }
  if (sideOf(world.jira, request.id) === request.to) return { world, answer: http(400, { errorMessages: ['not offered'] }) };
  return { world: { ...world, jira: withSide(world.jira, request.id, request.to) }, answer: http(204) };
}

/** The sender is told an answer. Only where that says that nothing was made, the create is known to be harmless. */
function told(world: World, request: CreateRequest | TransitionRequest, owner: string, answer: Answer): Served {
  const reply: Reply = { is: 'answer', answer };
  const isHarmless = request.call === 'create' && (answer === NEVER_SENT || answer.kind === 'late');
  if (!isHarmless) return { world, reply };
  return { world: { ...world, watch: afterRefusal(world.watch, owner, request.marker.property.attempt) }, reply };
}

function ask(world: World, request: Request & { readonly call: 'search' | 'status' | 'edit' }, { indexLagMs }: Times): Served {
  if (request.call === 'search') {
    const found = searched(world.jira, request.label, world.now, indexLagMs);
    const watch = found.length === 0 ? afterLookup(world.watch, world.now) : world.watch;
    return { world: { ...world, watch }, reply: { is: 'found', found } };
  }
  const side = sideOf(world.jira, request.id);
  if (side === null) throw new Error(`Jira has no issue ${request.id}`);
  return { world, reply: request.call === 'status' ? { is: 'side', side } : { is: 'answer', answer: http(204) } };
}

function ifLeft(
  world: World,
  fault: 'lostAnswers' | 'lostCommits',
  name: string,
  end: (next: World) => Served | Breach,
): readonly Ending[] {
  const { left } = world;
  return left[fault] === 0 ? [] : [{ name, end: () => end({ ...world, left: { ...left, [fault]: left[fault] - 1 } }) }];
}

function http(status: number, json?: unknown): Answer {
  return { kind: 'http', status, headers: {}, json };
}
