import { nextTryAt } from '../../src/issues/group-record.ts';
import { unread } from './documents.ts';
import { accepted, type Times } from './model.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import type { ReplicaRuns, Run } from './replica-runs.ts';
import type { Request } from './request.ts';
import { arrive, endingsOf, leftOnTheWire, readOf, type Ending } from './serve.ts';
import type { Breach } from './watch.ts';
import { groupIn, ownerOf, type Replica, type World } from './world.ts';

/** What may happen next. `name`: for the schedule. */
export interface Choice {
  readonly name: string;
  take(): Promise<World | Breach>;
}

/** The parts that the worlds of one exploration share. */
export interface Site {
  readonly runs: ReplicaRuns;
  readonly events: readonly JsonObject[];
  readonly times: Times;
}

/** All that may happen next; empty: all is at rest. */
export function choicesIn(site: Site, world: World): readonly Choice[] {
  const moving = world.replicas.flatMap((replica, at) => {
    const next = withMover(world, at);
    return next === null ? [] : moves(site, next, replica, at);
  });
  const faults = world.replicas.flatMap((replica, at) => [...deaths(site, world, replica, at), ...stops(world, replica, at)]);
  return [...(moving.length === 0 ? passing(world) : moving), ...events(site, world), ...arrivals(world), ...faults];
}

/** The world in which a replica moves; null: the one that moved last goes first. */
function withMover(world: World, at: number): World | null {
  const { mover, left, replicas } = world;
  if (left.preemptions === Infinity) return world;
  const last = mover === null ? undefined : replicas[mover];
  if (mover === at || last === undefined || last.run === null || last.isStopped) return { ...world, mover: at };
  return left.preemptions === 0 ? null : { ...world, mover: at, left: { ...left, preemptions: left.preemptions - 1 } };
}

/** What a replica does by itself. */
function moves(site: Site, world: World, replica: Replica, at: number): readonly Choice[] {
  const { run, isStopped, name } = replica;
  if (isStopped) return [];
  if (run === null) return isDue(world) && !isBehind(world, at) ? [{ name: `${name} begins`, take: () => begin(site, world, at) }] : [];
  const { request } = run;
  if (request === null) return [];
  return endingsOf(world, request, ownerOf(replica), site.times).map((ending) => ({
    name: [`${name} ${wordsOf(request)}`, ending.name].filter((part) => part !== '').join(': '),
    take: () => goOn(site, world, at, run, ending),
  }));
}

/** The process may die before its next request, or right after it has sent it. */
function deaths({ times }: Site, world: World, replica: Replica, at: number): readonly Choice[] {
  const { left, now } = world;
  const request = replica.run?.request ?? null;
  if (request === null || left.deaths === 0) return [];
  const { name, lives } = replica;
  const dead: Replica = { ...replica, lives: lives + 1, run: null, isStopped: false };
  const fewer = { ...world, left: { ...left, deaths: left.deaths - 1 } };
  const dies = choice(`${name} dies before it ${wordsOf(request)}`, () => withReplica(fewer, at, dead));
  const isSending = (request.call === 'create' || request.call === 'transition') && now <= request.sendBy;
  if (!isSending || left.lostAnswers === 0) return [dies];
  const lost = { ...fewer, left: { ...fewer.left, lostAnswers: left.lostAnswers - 1 } };
  const diesSending = choice(`${name} dies while it ${wordsOf(request)}, which arrives later`, () => {
    const sent = leftOnTheWire(lost, request, ownerOf(replica), now + times.lateMs);
    return 'promise' in sent ? sent : withReplica(sent, at, dead);
  });
  return [dies, diesSending];
}

/** The process may stand still before its next request, and go on at any later moment. */
function stops(world: World, replica: Replica, at: number): readonly Choice[] {
  const { name, isStopped } = replica;
  if (isStopped) return [choice(`${name} goes on`, () => withReplica(world, at, { ...replica, isStopped: false }))];
  const request = replica.run?.request ?? null;
  const { left } = world;
  if (request === null || left.stops === 0) return [];
  const fewer = { ...world, left: { ...left, stops: left.stops - 1 } };
  const stopped: Replica = { ...replica, isStopped: true };
  return [choice(`${name} stands still before it ${wordsOf(request)}`, () => withReplica(fewer, at, stopped))];
}

/** The next event may arrive at any moment. */
function events({ events: all }: Site, world: World): readonly Choice[] {
  const event = all[world.events];
  if (event === undefined) return [];
  return [
    {
      name: `event ${world.events + 1} arrives`,
      async take() {
        const { documents } = await accepted(world.documents, event, world.now);
        return { ...world, documents, events: world.events + 1 };
      },
    },
  ];
}

/** A request whose sender no longer waits may arrive at any moment. */
function arrivals(world: World): readonly Choice[] {
  return world.late.map((late) => choice(`the ${late.request.call} of ${late.owner} arrives`, () => arrive(world, late)));
}

/** Time passes only while no replica can move: to the next moment at which one can, or up to which a request may be on its way. */
function passing(world: World): readonly Choice[] {
  const group = groupIn(world.documents);
  const next = Math.min(group?.requeueAt?.time ?? Infinity, ...world.late.map(({ until }) => until));
  if (next <= world.now || next === Infinity) return [];
  return [choice(`${next - world.now} ms pass`, () => ({ ...world, now: next }))];
}

/** A group that waits for nothing is due at once: the queue asks for a pass when something happened. */
function isDue({ documents, now }: World): boolean {
  const group = groupIn(documents);
  const at = group === null ? null : nextTryAt(group);
  return group !== null && at !== null && (group.requeueAt === null || at <= now);
}

/** Replicas that have not begun are alike: the first of them stands for all. */
function isBehind({ replicas }: World, at: number): boolean {
  return replicas.slice(0, at).some(({ hasBegun }) => !hasBegun);
}

/** A replica knows nothing before its first read, so beginning and reading are one step. */
async function begin(site: Site, world: World, at: number): Promise<World | Breach> {
  const replica = replicaAt(world, at);
  const run = await site.runs.begin(ownerOf(replica), world.now);
  if (run.request?.call !== 'read') return withRun(world, at, run);
  return withRun(world, at, await site.runs.goOn(run, readOf(world, run.request), world.now));
}

async function goOn({ runs }: Site, world: World, at: number, run: Run, ending: Ending): Promise<World | Breach> {
  const served = ending.end();
  return 'promise' in served ? served : withRun(served.world, at, await runs.goOn(run, served.reply, world.now));
}

function withRun(world: World, at: number, run: Run): World | Breach {
  if (run.problem !== null) return { promise: 'no fault of the service', what: run.problem };
  return withReplica(world, at, { ...replicaAt(world, at), hasBegun: true, run: run.request === null ? null : run });
}

function replicaAt({ replicas }: World, at: number): Replica {
  const replica = replicas[at];
  if (replica === undefined) throw new Error('No such replica');
  return replica;
}

function withReplica(world: World, at: number, replica: Replica): World {
  const next = { ...world, replicas: world.replicas.with(at, replica) };
  return next.replicas.every(({ run }) => run === null) ? { ...next, documents: unread(next.documents), mover: null } : next;
}

function choice(name: string, next: () => World | Breach): Choice {
  return { name, take: () => Promise.resolve(next()) };
}

function wordsOf(request: Request): string {
  switch (request.call) {
    case 'read':
      return `reads ${request.collection}`;
    case 'commit':
      return `commits ${request.writes.map(({ collection }) => collection).join(' and ')}`;
    case 'create':
      return 'sends a create';
    case 'search':
      return 'searches';
    case 'status':
      return 'reads the issue';
    case 'transition':
      return `sends a transition to ${request.to}`;
    case 'edit':
      return 'edits the issue';
    default:
      return request satisfies never;
  }
}
