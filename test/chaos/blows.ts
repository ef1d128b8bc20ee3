import type { Random } from '../../src/sandbox/samples/seeded-random.ts';
import { CRASH_POINTS, type Crash } from '../support/service/crash-points.ts';

export type StoreKind = 'embedded' | 'redis';

/**
 * A fault that a run injects. `kill`: SIGKILL of a replica, which is started again. `crash`: the same, and its next life dies at a named
 * point. `freeze`: SIGSTOP, later SIGCONT, of a replica. `redis-…`: stopped in order, killed, or frozen (SIGSTOP), for a while.
 * `store-emptied`: FLUSHALL, or the folder is removed between two lives; then the newest observation of every finding is sent again.
 * `jira-down`: every connection is cut for a while. `rate-limited`: most requests are answered 429 for a while. `cloned`: a person copies
 * an issue with its labels. `swept`: an admin starts a sweep. `limited`: limits of openings are small for a while. The blows to AWS last, too:
 * `analyzers-denied`: it does not list the analyzers. `analyzer-disabled`: one of them does not monitor. `lists-cut`: lists end early, as if they
 * were whole. `lists-late`: lists are as they were before the last change. `aws-throttled`, `aws-down`: few calls, or none, are answered. `forged`: a person writes the markers of some issues, removes them, copies them, or makes them tombstones. `rules-changed`: an admin changes a rule from one issue per finding to shared issues, or the reverse.
 */
export type Blow =
  | {
      readonly kind: 'kill' | 'store-emptied';
      readonly atMs: number;
      readonly forMs: 0;
      readonly replica: number;
    }
  | { readonly kind: 'crash'; readonly atMs: number; readonly forMs: 0; readonly replica: number; readonly crash: Crash }
  | {
      readonly kind: 'freeze' | 'redis-stop' | 'redis-kill' | 'redis-freeze' | 'jira-down' | 'rate-limited';
      readonly atMs: number;
      readonly forMs: number;
      readonly replica: number;
    }
  | AwsBlow
  | HumanBlow;

export type BlowKind = Blow['kind'];

const AWS_TROUBLES = ['analyzers-denied', 'analyzer-disabled', 'lists-cut', 'lists-late', 'aws-throttled', 'aws-down'] as const;

/** What AWS does for a while. */
export interface AwsBlow {
  readonly kind: (typeof AWS_TROUBLES)[number];
  readonly atMs: number;
  readonly forMs: number;
  readonly replica: number;
}

const HUMAN = ['cloned', 'forged', 'rules-changed', 'swept', 'limited'] as const;

/** What a person or an admin does. */
export interface HumanBlow {
  readonly kind: (typeof HUMAN)[number];
  readonly atMs: number;
  /** 0, except for `limited`. */
  readonly forMs: number;
  readonly replica: number;
}

export function isHuman(blow: Blow): blow is HumanBlow {
  return HUMAN.some((kind) => kind === blow.kind);
}

export function strikesAws(blow: Blow): blow is AwsBlow {
  return AWS_TROUBLES.some((kind) => kind === blow.kind);
}

const LASTING = {
  freeze: 8_000,
  'redis-stop': 5_000,
  'redis-kill': 5_000,
  'redis-freeze': 14_000,
  'jira-down': 6_000,
  'rate-limited': 3_000,
  limited: 10_000,
  'analyzers-denied': 8_000,
  'analyzer-disabled': 8_000,
  'lists-cut': 8_000,
  'lists-late': 8_000,
  'aws-throttled': 8_000,
  'aws-down': 6_000,
} as const;
const SHORTEST_MS = 300;

const ANYWHERE: readonly BlowKind[] = [
  'kill',
  'kill',
  'crash',
  'crash',
  'crash',
  'freeze',
  'freeze',
  'jira-down',
  'rate-limited',
  'cloned',
  'forged',
  'rules-changed',
  'rules-changed',
  'swept',
  'limited',
  'limited',
  ...AWS_TROUBLES,
];
const ON_REDIS: readonly BlowKind[] = ['redis-stop', 'redis-kill', 'redis-freeze'];
/** Share of runs whose store is emptied, once. */
const EMPTIED = 0.4;
/** A run with at least this many blows has every kind. */
const MANY_BLOWS = 40;
/** Time between two blows to the store, ms, in which the processes reconnect. */
const RECOVERY_MS = 2_000;

export interface BlowOptions {
  readonly store: StoreKind;
  readonly replicas: number;
  readonly count: number;
  /** Every blow begins before this time. */
  readonly lengthMs: number;
}

/** A random schedule, in order of time. */
export function planBlows(random: Random, { store, replicas, count, lengthMs }: BlowOptions): readonly Blow[] {
  const below = (most: number): number => Math.floor(random() * most);
  const pick = <T>(from: readonly T[], other: T): T => from[below(from.length)] ?? other;
  const kinds = store === 'redis' ? [...ANYWHERE, ...ON_REDIS] : ANYWHERE;
  const drawn = Array.from({ length: count }, () => pick(kinds, 'kill'));
  if (random() < EMPTIED) drawn[below(count)] = 'store-emptied';
  const blows = withEveryKind(drawn, [...kinds, 'store-emptied']).map((kind): Blow => {
    // Only then are there issues to forge.
    const earliest = kind === 'forged' ? 0.5 : 0.05;
    const at = { atMs: Math.round((earliest + (0.95 - earliest) * random()) * lengthMs), replica: below(replicas) };
    if (kind === 'crash') return { kind, ...at, forMs: 0, crash: { point: pick(CRASH_POINTS, 'after-create'), nth: 1 + below(3) } };
    return isLasting(kind)
      ? { kind, ...at, forMs: Math.round(SHORTEST_MS + random() * (LASTING[kind] - SHORTEST_MS)) }
      : { kind, ...at, forMs: 0 };
  });
  return oneAfterTheOther(blows.toSorted((a, b) => a.atMs - b.atMs));
}

function isLasting(kind: BlowKind): kind is keyof typeof LASTING {
  return kind in LASTING;
}

/** Gives a long run every kind of blow at least once: a missing kind replaces one that was drawn several times. */
function withEveryKind(drawn: readonly BlowKind[], kinds: readonly BlowKind[]): readonly BlowKind[] {
  const missing = [...new Set(kinds)].filter((kind) => !drawn.includes(kind));
  if (drawn.length < MANY_BLOWS) return drawn;
  const seen = new Set<BlowKind>();
  return drawn.map((kind) => {
    if (!seen.has(kind)) {
      seen.add(kind);
      return kind;
    }
    return missing.shift() ?? kind;
  });
}

/** Delays a blow to the store until the one before it is over. */
function oneAfterTheOther(blows: readonly Blow[]): readonly Blow[] {
  let free = 0;
  const moved = blows.map((blow) => {
    if (!touchesStore(blow)) return blow;
    const atMs = Math.max(blow.atMs, free);
    free = atMs + blow.forMs + RECOVERY_MS;
    return { ...blow, atMs };
  });
  return moved.toSorted((a, b) => a.atMs - b.atMs);
}

function touchesStore({ kind }: Blow): boolean {
  return kind.startsWith('redis-') || kind === 'store-emptied';
}

/** One blow as a line of the schedule. */
export function blowWords(blow: Blow): string {
  const at = `${(blow.atMs / 1_000).toFixed(1)} s`;
  const lasting = blow.forMs === 0 ? '' : ` for ${(blow.forMs / 1_000).toFixed(1)} s`;
  const point = blow.kind === 'crash' ? ` ${blow.crash.point}:${blow.crash.nth}` : '';
  const whom = ['kill', 'crash', 'freeze'].includes(blow.kind) ? ` of replica ${blow.replica}` : '';
  return `${at} ${blow.kind}${point}${whom}${lasting}`;
}
