import type { JsonObject } from '../../src/findings/json.ts';
import { choicesIn, type Choice, type Site } from './choices.ts';
import { EMPTY_JIRA } from './jira-model.ts';
import { accepted, createRuns, TIMES, type Planted } from './model.ts';
import { judge, judgeRest } from './promises.ts';
import { NOTHING_SEEN, type Breach } from './watch.ts';
import { keyOf, type Faults, type World } from './world.ts';

/** What is explored. */
export interface Bounds {
  /** Of one finding, in the order in which they arrive. */
  readonly events: readonly JsonObject[];
  readonly replicas: number;
  readonly faults: Faults;
  /** Faults that a test plants in the service. */
  readonly planted?: Planted;
}

/** The result of an exploration. */
export interface Explored {
  /** Different worlds that were reached. */
  readonly worlds: number;
  /** Steps from one world to the next. */
  readonly steps: number;
  /** Schedules from the beginning to rest that these steps stand for. */
  readonly schedules: number;
  /** The steps of the longest schedule. */
  readonly longest: number;
  /** Different worlds at rest. */
  readonly ends: number;
  /** The first broken promise, and the schedule that leads to it; null: none is broken. */
  readonly breach: (Breach & { readonly schedule: readonly string[] }) | null;
}

/** 2026-03-01, after the first event. */
const START = Date.UTC(2026, 2, 1, 13);

interface Frame {
  readonly key: string;
  readonly choices: readonly Choice[];
  taken: number;
  schedules: number;
  longest: number;
}

/**
 * Follows every schedule of the replicas, events and faults, depth first. A world that was reached before is not followed again: all that can come
 * of it has been seen. Ends at the first broken promise.
 */
export async function explore({ events, replicas, faults, planted = {} }: Bounds): Promise<Explored> {
  const [first] = events;
  if (first === undefined) throw new Error('Nothing happens without an event');
  const { group } = await accepted(new Map(), first, START);
  const { indexLagMs = TIMES.indexLagMs } = planted;
  const site: Site = { runs: createRuns(group, planted), events, times: { ...TIMES, indexLagMs } };
  const known = new Map<string, { readonly schedules: number; readonly longest: number } | null>();
  const stack: Frame[] = [];
  let [steps, ends] = [0, 0];

  function scheduleTo(last: Choice | null): readonly string[] {
    const names = stack.flatMap(({ choices, taken }) => choices[taken - 1]?.name ?? []);
    return last === null ? names : [...names.slice(0, -1), last.name];
  }

  /** @returns a broken promise; null: none */
  function enter(world: World): Breach | null {
    const key = keyOf(world);
    const before = known.get(key);
    const above = stack.at(-1);
    if (before !== undefined) {
      if (before === null) return { promise: 'every schedule comes to rest', what: 'it comes back to where it was' };
      if (above !== undefined) add(above, before);
      return null;
    }
    const breach = judge(world, START);
    if (breach !== null) return breach;
    const choices = choicesIn(site, world);
    known.set(key, null);
    if (choices.length === 0) {
      ends += 1;
      known.set(key, { schedules: 1, longest: 0 });
      if (above !== undefined) add(above, { schedules: 1, longest: 0 });
      return judgeRest(world);
    }
    stack.push({ key, choices, taken: 0, schedules: 0, longest: 0 });
    return null;
  }

  function explored(breach: Breach | null, last: Choice | null): Explored {
    const { schedules = 0, longest = 0 } = stack[0] ?? {};
    return {
      worlds: known.size,
      steps,
      schedules,
      longest,
      ends,
      breach: breach === null ? null : { ...breach, schedule: scheduleTo(last) },
    };
  }

  enter(beginning(replicas, faults));
  for (;;) {
    const frame = stack.at(-1);
    if (frame === undefined) throw new Error('Nothing can happen');
    const choice = frame.choices[frame.taken];
    if (choice === undefined) {
      const { key, schedules, longest } = frame;
      known.set(key, { schedules, longest });
      if (stack.length === 1) return explored(null, null);
      stack.pop();
      const above = stack.at(-1);
      if (above !== undefined) add(above, { schedules, longest });
      continue;
    }
    frame.taken += 1;
    steps += 1;
    const next = await choice.take();
    const breach = 'promise' in next ? next : enter(next);
    if (breach !== null) return explored(breach, choice);
  }
}

function add(frame: Frame, { schedules, longest }: { readonly schedules: number; readonly longest: number }): void {
  frame.schedules += schedules;
  frame.longest = Math.max(frame.longest, longest + 1);
}

function beginning(replicas: number, left: Faults): World {
  return {
    now: START,
    documents: new Map(),
    jira: EMPTY_JIRA,
    replicas: ['a', 'b', 'c'].slice(0, replicas).map((name) => ({ name, lives: 1, hasBegun: false, run: null, isStopped: false })),
    late: [],
    events: 0,
    left,
    watch: NOTHING_SEEN,
    mover: null,
  };
}
