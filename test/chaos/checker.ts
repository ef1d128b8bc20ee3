import type { Json } from '../../src/findings/json.ts';
import { PROPERTY_KEY } from '../../src/issues/marker.ts';
import { EDITOR_ACCOUNT_ID } from '../../src/sandbox/jira/sandbox-accounts.ts';
import type { HistoryEntry } from '../../src/sandbox/jira/request-history.ts';
import type { SimulatedIssue } from '../../src/sandbox/jira/simulated-issue.ts';

/** A service of the run: its name in the issues, and its account in Jira. */
export interface Installation {
  readonly name: string;
  readonly accountId: string;
  readonly email: string;
}

/** Findings that share one issue, usually a single one, and their last state in AWS. */
export interface ExpectedIssue {
  readonly installation: string;
  /** Finding keys. */
  readonly findings: readonly string[];
  /** By the newest observation: at least one of them is actionable. */
  readonly active: boolean;
  /** At least one of them was actionable in some observation. */
  readonly everActive: boolean;
}

/** How a service process ended. */
export interface ProcessEnd {
  readonly name: string;
  /** `SIGKILL`, `exit code 1`, … */
  readonly how: string;
  /** True when a blow explains it: it was killed, told to die, told to stop, or could not be started while its store was away. */
  readonly explained: boolean;
}

/** The state after a run. Facts about Jira come from the simulated Jira's own issues and history alone. */
export interface Evidence {
  readonly installations: readonly Installation[];
  readonly expected: readonly ExpectedIssue[];
  /** Every existing issue, oldest first. */
  readonly issues: readonly SimulatedIssue[];
  /** Every request, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Names of statuses of category done. */
  readonly doneStatuses: ReadonlySet<string>;
  readonly ends: readonly ProcessEnd[];
  /** Messages that are still in a queue. */
  readonly messagesLeft: number;
  /** Messages of ours that a service called unreadable. */
  readonly unreadable: number;
  /** Work that services or requests under way still had at the time limit for coming to rest. */
  readonly activity: readonly string[];
}

export interface Violation {
  readonly rule:
    | 'duplicate'
    | 'lost'
    | 'needless'
    | 'wrong-status'
    | 'deleted'
    | 'commented-twice'
    | 'foreign-touched'
    | 'unknown-issue'
    | 'process-ended'
    | 'message-left'
    | 'message-unreadable'
    | 'not-at-rest';
  readonly what: string;
}

/** Rules that a run may break until it has come to rest: the missing part may still come. */
const MAY_STILL_COME: ReadonlySet<Violation['rule']> = new Set(['lost', 'wrong-status', 'message-left', 'not-at-rest']);

export function mayStillCome({ rule }: Violation): boolean {
  return MAY_STILL_COME.has(rule);
}

/**
 * Compares the issues in Jira with the findings in AWS. An actionable finding has exactly one issue. A finding that is no longer
 * actionable has at most one, which is done: a finding that ended before its first pass needs none.
 */
export function checkRun(evidence: Evidence): readonly Violation[] {
  const marked = evidence.issues.flatMap((issue) => markOf(issue) ?? []);
  const byFinding = Map.groupBy(
    marked.flatMap((one) => one.findings.map((finding) => ({ one, place: placeOf(one.installation, finding) }))),
    ({ place }) => place,
  );
  const issuesOf: IssuesOf = ({ installation, findings }) => [
    ...new Set(findings.flatMap((finding) => byFinding.get(placeOf(installation, finding)) ?? []).map(({ one }) => one)),
  ];
  const named = Map.groupBy(
    evidence.expected.flatMap((one) => issuesOf(one).map((marked) => ({ marked, one }))),
    ({ marked }) => marked,
  );
  const sharing: Sharing = (one) => (named.get(one) ?? []).map(({ one: expected }) => expected);
  return [
    ...duplicates(marked),
    ...evidence.expected.flatMap((one) => expectedStands(evidence, one, issuesOf(one), sharing)),
    ...unknownIssues(evidence, marked, issuesOf),
    ...marked.flatMap(({ issue }) => commentedTwice(issue, evidence.doneStatuses)),
    ...foreignTouched(evidence, marked),
    ...evidence.history.filter(({ method }) => method === 'DELETE').map(({ path, at }) => broken('deleted', `DELETE ${path} at ${at}`)),
    ...evidence.ends
      .filter(({ explained }) => !explained)
      .map(({ name, how }) => broken('process-ended', `${name} ended unexpectedly: ${how}`)),
    ...(evidence.messagesLeft === 0 ? [] : [broken('message-left', `messages still in SQS: ${evidence.messagesLeft}`)]),
    ...evidence.activity.map((what) => broken('not-at-rest', what)),
    ...(evidence.unreadable === 0 ? [] : [broken('message-unreadable', `readable messages called unreadable: ${evidence.unreadable}`)]),
  ];
}

function broken(rule: Violation['rule'], what: string): Violation {
  return { rule, what };
}

/** An issue with our property, and the property's content. */
interface Marked {
  readonly issue: SimulatedIssue;
  readonly installation: string;
  readonly group: string;
  readonly findings: readonly string[];
}

/** The property as a service last wrote it, whatever people made of it since; undefined: no service ever did. */
export function ownProperty({ properties, propertyWrites }: SimulatedIssue): Json | undefined {
  const writes = propertyWrites.filter(({ key }) => key === PROPERTY_KEY);
  const isForged = writes.some(({ who }) => who === EDITOR_ACCOUNT_ID);
  return isForged ? writes.findLast(({ who }) => who !== EDITOR_ACCOUNT_ID)?.value : properties[PROPERTY_KEY];
}

function markOf(issue: SimulatedIssue): Marked | null {
  const property: unknown = ownProperty(issue);
  if (typeof property !== 'object' || property === null) return null;
  const { installation, group, findings }: Record<string, unknown> = { ...property };
  return { issue, installation: String(installation), group: String(group), findings: Array.isArray(findings) ? findings.map(String) : [] };
}

function duplicates(marked: readonly Marked[]): Violation[] {
  const groups = Map.groupBy(marked, ({ installation, group }) => `${installation} ${group}`);
  return [...groups]
    .filter(([, all]) => all.length > 1)
    .map(([group, all]) => broken('duplicate', `${group}: ${all.map(told).join(', ')}`));
}

function told({ issue, findings }: Marked): string {
  return `${issue.key} (${issue.status}, created ${issue.created}, for ${findings.join(' and ')})`;
}

/** The issues that name one of these findings. */
type IssuesOf = (expected: ExpectedIssue) => readonly Marked[];

/** The expectations for the findings that an issue names. */
type Sharing = (marked: Marked) => readonly ExpectedIssue[];

/** Names a finding by its id alone, which is unique in a run: an issue may name it without its analyzer. */
function placeOf(installation: string, finding: string): string {
  return `${installation} ${finding.slice(finding.indexOf('|') + 1)}`;
}

function expectedStands({ doneStatuses }: Evidence, one: ExpectedIssue, own: readonly Marked[], sharing: Sharing): Violation[] {
  const name = `${one.installation}: ${one.findings.join(' and ')}`;
  if (own.length === 0) return one.active ? [broken('lost', `${name} is active and has no issue`)] : [];
  if (!own.some((marked) => sharing(marked).some(({ everActive }) => everActive)))
    return [broken('needless', `${name} was never actionable and has ${own.map(told).join(', ')}`)];
  // Issues of one group are reported as duplicates already.
  const several = new Set(own.map(({ group }) => group)).size > 1 ? [broken('duplicate', `${name} has ${own.map(told).join(', ')}`)] : [];
  const isActive = own.some((marked) => sharing(marked).some(({ active }) => active));
  const wrong = own.length === 1 ? own.filter(({ issue }) => doneStatuses.has(issue.status) === isActive) : [];
  return [
    ...several,
    ...wrong.map(({ issue }) =>
      broken('wrong-status', `${name} is ${isActive ? 'active' : 'not active any more'}, but ${issue.key} is ${issue.status}`),
    ),
  ];
}

function unknownIssues({ expected, installations }: Evidence, marked: readonly Marked[], issuesOf: IssuesOf): Violation[] {
  const known = new Set(expected.flatMap((one) => issuesOf(one)));
  const names = new Set(installations.map(({ name }) => name));
  return marked
    .filter((one) => !known.has(one) || !names.has(one.installation))
    .map((one) => broken('unknown-issue', `no finding and no installation expects ${told(one)}`));
}

/** Parts of comments. Not their whole text: in an upgrade, two versions comment, each in its own words. */
const CLOSED_SAYING = 'Closed by findings-to-jira.';
const REOPENED_SAYING = 'Reopened by findings-to-jira.';
const DUPLICATE_SAYING = 'which stays open for the finding.';

/** At any moment there are at most as many closing comments as closings, and likewise for reopenings; any other comment comes once. */
function commentedTwice(issue: SimulatedIssue, doneStatuses: ReadonlySet<string>): Violation[] {
  const moves = issue.changelog.filter(
    ({ field, from, to }) => field === 'status' && doneStatuses.has(from ?? '') !== doneStatuses.has(to ?? ''),
  );
  const count = new Map<string, number>();
  for (const { body, created } of issue.comments) {
    const text = JSON.stringify(body);
    const kind = sayingOf(text) ?? text;
    const times = (count.get(kind) ?? 0) + 1;
    count.set(kind, times);
    const earlier = moves.filter(({ at, to }) => at <= created && doneStatuses.has(to ?? '') === (kind === 'closed')).length;
    const most = kind === 'closed' || kind === 'reopened' ? earlier : 1;
    if (times > most)
      return [broken('commented-twice', `${issue.key}: ${times} comments "${kind.slice(0, 200)}" for ${most} transition(s) at ${created}`)];
  }
  return [];
}

/** The transition that a comment is about. The comment on a duplicate comes before its transition, and once. */
function sayingOf(text: string): 'closed' | 'reopened' | null {
  if (text.includes(REOPENED_SAYING)) return 'reopened';
  return text.includes(CLOSED_SAYING) && !text.includes(DUPLICATE_SAYING) ? 'closed' : null;
}

/** An installation changes its own issues only, and never an issue without our property, such as a person's copy. */
function foreignTouched({ installations, issues, history }: Evidence, marked: readonly Marked[]): Violation[] {
  const copies = issues.filter((issue) => ownProperty(issue) === undefined && (issue.changelog.length > 0 || issue.comments.length > 0));
  const owners = new Map(
    marked.flatMap((one) => [one.issue.key, ...one.issue.formerKeys].map((key): [string, string] => [key, one.installation])),
  );
  const byForeigner = history.filter(({ method, done, issueKey, account }) => {
    if (method === 'GET' || !done || issueKey === null) return false;
    const owner = installations.find(({ name }) => name === owners.get(issueKey));
    return owner !== undefined && owner.email !== account;
  });
  return [
    ...copies.map(({ key }) => broken('foreign-touched', `${key} is not ours and was changed`)),
    ...byForeigner.map(({ operation, issueKey, account, at }) =>
      broken('foreign-touched', `${account}: ${operation} on ${issueKey} of ${owners.get(issueKey ?? '')} at ${at}`),
    ),
  ];
}
