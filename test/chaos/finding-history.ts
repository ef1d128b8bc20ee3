import { findingKey } from '../../src/findings/finding.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import type { Random } from '../../src/sandbox/samples/seeded-random.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import type { ExpectedIssue } from './checker.ts';

/** One message to an installation's SQS queue. */
export interface PlannedSend {
  /** Ms from the start of the run. */
  readonly atMs: number;
  readonly installation: string;
  readonly finding: string;
  /** Number of the observation in the finding's life, from 0; a higher number is newer. */
  readonly nth: number;
  readonly active: boolean;
  readonly body: string;
  /** It never arrives: AWS delivers events as well as it can, and no better. Only a sweep finds out. */
  readonly lost: boolean;
}

/** A change of a finding in AWS itself, whatever becomes of its event. */
export interface AwsChange {
  /** Ms from the start of the run. */
  readonly atMs: number;
  readonly installation: string;
  /** As AWS describes it; a deleted finding is not there any more. */
  readonly event: JsonObject;
}

/** The messages of AWS in a run, in the order of sending, which is not the order of the observations; and the changes that they tell of. */
export interface FindingHistory {
  readonly sends: readonly PlannedSend[];
  readonly changes: readonly AwsChange[];
  /** The last messages, after all others are processed: every finding is resolved. */
  readonly finale: readonly PlannedSend[];
  readonly endings: readonly AwsChange[];
  readonly findings: number;
}

export interface HistoryOptions {
  readonly installations: readonly string[];
  /** Per installation. */
  readonly findings: number;
  /** Approximate time of the last message. */
  readonly lengthMs: number;
}

/** The states of a finding. */
const ACTIVE = { status: 'ACTIVE', isDeleted: false };
const INACTIVE = [
  { status: 'RESOLVED', isDeleted: false },
  { status: 'RESOLVED', isDeleted: false },
  { status: 'ARCHIVED', isDeleted: false },
  { status: 'ACTIVE', isDeleted: true },
];
const MAX_OBSERVATIONS = 5;
/** Share of findings on a role, which the analyzers of two Regions report as one access. */
const SHARED = 0.2;
const NEVER_ACTIVE = 0.08;
const DOUBLED = 0.3;
/** Share of messages with the event's detail alone, which does not name the analyzer. */
const BARE = 0.15;
/** Share of findings that lose events, and share of the events that such a finding loses. */
const LOSSY = 0.3;
const LOST = 0.4;
/** Longest delay of a message, ms: longer than the time between two observations of one finding. */
const LATE_MS = 4_000;

/** A random history: opened, resolved, archived, deleted and active again; repeated and out of order. */
export function planHistory(random: Random, options: HistoryOptions): FindingHistory {
  const told: Told[] = [];
  const ends: Told[] = [];
  for (const installation of options.installations) {
    for (let n = 0; n < options.findings; n += 1) {
      const shared = random() < SHARED;
      const lives = shared ? ['us-west-2', 'eu-west-1'] : ['us-west-2'];
      for (const region of lives) {
        const subject = subjectOf(n, region, shared);
        const lossy = random() < LOSSY;
        told.push(...lifeOf(random, { installation, subject, lossy, lengthMs: options.lengthMs }));
        ends.push(endOf({ installation, subject, lossy: lossy && random() < LOST, lengthMs: options.lengthMs }));
      }
    }
  }
  const sends = told.flatMap(({ messages }) => messages);
  return {
    sends: sends.toSorted((a, b) => a.atMs - b.atMs),
    changes: told.map(({ change }) => change).toSorted((a, b) => a.atMs - b.atMs),
    finale: ends.flatMap(({ messages }) => messages),
    endings: ends.map(({ change }) => change),
    findings: new Set(sends.map(({ installation, finding }) => `${installation} ${finding}`)).size,
  };
}

/** An observation: what happened, and the messages about it. */
interface Told {
  readonly change: AwsChange;
  readonly messages: readonly PlannedSend[];
}

/** The analyzers of a run. */
export const ANALYZERS = ['us-west-2', 'eu-west-1'].map((region) => `arn:aws:access-analyzer:${region}:111122223333:analyzer/Company`);

interface Life {
  readonly installation: string;
  readonly subject: Subject;
  readonly lossy: boolean;
  readonly lengthMs: number;
}

interface Subject {
  readonly region: string;
  readonly analyzerArn: string;
  readonly detail: JsonObject & { readonly id: string };
  readonly key: string;
}

function subjectOf(n: number, region: string, shared: boolean): Subject {
  const analyzerArn = `arn:aws:access-analyzer:${region}:111122223333:analyzer/Company`;
  const id = `finding-${n}-${region}`;
  const what = shared
    ? { resourceType: 'AWS::IAM::Role', resource: `arn:aws:iam::444455556666:role/role-${n}`, action: ['sts:AssumeRole'] }
    : { resourceType: 'AWS::S3::Bucket', resource: `arn:aws:s3:::bucket-${n}` };
  // Of medium severity, which a limit holds back also where an event brings it.
  const access = n % 3 === 1 ? { principal: { AWS: '999988887777' }, isPublic: false } : {};
  return { region, analyzerArn, detail: { id, region, ...what, ...access }, key: findingKey(analyzerArn, id) };
}

/** The messages about one finding, from its first observation to its last, with repetitions. */
function lifeOf(random: Random, { installation, subject, lossy, lengthMs }: Life): Told[] {
  const count = 1 + Math.floor(random() * MAX_OBSERVATIONS);
  const times = Array.from({ length: count }, () => random() * Math.max(0, lengthMs - LATE_MS)).toSorted((a, b) => a - b);
  let active = random() >= NEVER_ACTIVE;
  const neverActive = !active;
  return times.map((turn, nth) => {
    if (nth > 0 && !neverActive) active = random() < 0.85 ? !active : active;
    const standing = active ? ACTIVE : (INACTIVE[Math.floor(random() * INACTIVE.length)] ?? ACTIVE);
    const event = eventOf(subject, nth, standing);
    const copies = random() < DOUBLED ? 2 : 1;
    const lost = lossy && random() < LOST;
    const messages = Array.from({ length: copies }, () => {
      const late = random() < 0.5 ? 0 : random() * LATE_MS;
      // AWS can't be asked about a finding without its analyzer, so the loss of such a finding's end shows in the daily list only.
      const body = JSON.stringify(!lossy && random() < BARE ? event['detail'] : event);
      return { atMs: Math.round(turn + late), installation, finding: subject.key, nth, active, body, lost };
    });
    return { change: { atMs: Math.round(turn), installation, event }, messages };
  });
}

function endOf({ installation, subject, lossy: lost, lengthMs: atMs }: Life): Told {
  const event = eventOf(subject, MAX_OBSERVATIONS, { status: 'RESOLVED', isDeleted: false });
  const message = { atMs, installation, finding: subject.key, nth: MAX_OBSERVATIONS, active: false, body: JSON.stringify(event), lost };
  return { change: { atMs, installation, event }, messages: [message] };
}

function eventOf({ region, analyzerArn, detail }: Subject, nth: number, standing: JsonObject): JsonObject {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, nth)).toISOString();
  return externalEvent({ time: updatedAt, region, analyzerArn, detail: { ...detail, ...standing, updatedAt } });
}

/** The newest of these messages for each finding of each installation. */
export function newestOf(sends: readonly PlannedSend[]): PlannedSend[] {
  const newest = new Map<string, PlannedSend>();
  for (const send of sends) {
    const id = `${send.installation} ${send.finding}`;
    if ((newest.get(id)?.nth ?? -1) < send.nth) newest.set(id, send);
  }
  return [...newest.values()];
}

/**
 * The issues that Jira must have when all messages are processed.
 * @param regrouped true: the rules changed meanwhile, so findings on one role may share an issue or have one each
 */
export function expectedIssues(sends: readonly PlannedSend[], regrouped = false): ExpectedIssue[] {
  const expected = new Map<string, ExpectedIssue>();
  const everActive = new Set(sends.filter(({ active }) => active).map(({ installation, finding }) => `${installation} ${finding}`));
  for (const { installation, finding, active } of newestOf(sends)) {
    // The findings of two Regions on one role differ in the Region only.
    const id = finding.slice(finding.indexOf('|'));
    const place = `${installation} ${regrouped ? id : id.replace(/-(us-west-2|eu-west-1)$/, '')}`;
    const one = expected.get(place) ?? { installation, findings: [], active: false, everActive: false };
    expected.set(place, {
      installation,
      findings: [...one.findings, finding],
      active: one.active || active,
      everActive: one.everActive || everActive.has(`${installation} ${finding}`),
    });
  }
  return [...expected.values()];
}
