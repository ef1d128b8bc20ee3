import { hash } from 'node:crypto';
import type { GroupRecord } from '../../src/issues/group-record.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import type { Documents } from './documents.ts';
import type { JiraState } from './jira-model.ts';
import type { Run } from './replica-runs.ts';
import type { Request } from './request.ts';
import type { Watch } from './watch.ts';

/** All that a schedule has led to. Never changed, so that other schedules go on from it. */
export interface World {
  /** By the one clock that the model has; epoch ms. */
  readonly now: number;
  readonly documents: Documents;
  readonly jira: JiraState;
  readonly replicas: readonly Replica[];
  /** Requests on their way whose sender no longer waits for an answer. */
  readonly late: readonly LateRequest[];
  /** Events that have arrived. */
  readonly events: number;
  readonly left: Faults;
  readonly watch: Watch;
  /** The place of the replica that moved last; null: of none, or the next one may be any. */
  readonly mover: number | null;
}

/** The faults that may still happen. */
export interface Faults {
  /** A process dies, and another one takes its place. */
  readonly deaths: number;
  /** A process stands still, and goes on at any later time. */
  readonly stops: number;
  /** An answer of Jira is lost, whether or not Jira did what it was asked; or the request never left. */
  readonly lostAnswers: number;
  /** An answer of the store is lost. */
  readonly lostCommits: number;
  /** A replica moves although the one that moved last could go on. */
  readonly preemptions: number;
}

/** One of the processes. */
export interface Replica {
  /** One letter. */
  readonly name: string;
  /** Processes that had its place, with this one. */
  readonly lives: number;
  /** Whether it has ever had work. */
  readonly hasBegun: boolean;
  /** Null: it waits for work. */
  readonly run: Run | null;
  readonly isStopped: boolean;
}

export interface LateRequest {
  readonly request: Request & { readonly call: 'create' | 'transition' };
  readonly owner: string;
  /** It arrives before; epoch ms. */
  readonly until: number;
}

/** The name of a process: that of its place, and of its life there. */
export function ownerOf({ name, lives }: Replica): string {
  return `${name}${lives}`;
}

/** @returns null: no event has made the group yet */
export function groupIn(documents: Documents): GroupRecord | null {
  const [document] = [...documents.values()].filter(({ collection }) => collection === GROUPS.name);
  return document === undefined ? null : JSON.parse(document.json);
}

/** A text that two worlds share only if all that can follow is the same. */
export function keyOf({ now, documents, jira, replicas, late, events, left, watch, mover }: World): string {
  const stored = [...documents.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, document]) => digestOf(document));
  const running = replicas.map(({ lives, hasBegun, run, isStopped }) => `${lives} ${hasBegun} ${run?.id ?? ''} ${isStopped}`);
  return hash(
    'sha1',
    [now, ...stored, digestOf(jira), ...running, digestOf(late), events, Object.values(left), digestOf(watch), mover ?? ''].join('|'),
  );
}

const digests = new WeakMap<object, string>();

/** Of a value that never changes. */
function digestOf(value: object): string {
  const known = digests.get(value);
  if (known !== undefined) return known;
  const digest = hash('sha1', JSON.stringify(value));
  digests.set(value, digest);
  return digest;
}
