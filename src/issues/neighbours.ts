import { parseArn } from '../findings/arn.ts';
import type { Finding } from '../findings/finding.ts';
import { lifecycleOf } from '../findings/lifecycle.ts';
import { timestampMs } from '../findings/timestamp.ts';
import { isCounterpart } from './counterpart.ts';
import type { IssueMention } from './text/issue-mention.ts';

/** A finding of another group on the same resource. */
export interface Neighbour {
  readonly finding: Finding;
  /** The issue of its group; null: none. */
  readonly issue: NeighbourIssue | null;
  /** Whether it is expected to get an issue soon. */
  readonly isOpening: boolean;
}

/** An issue that another issue mentions and links to. */
export type NeighbourIssue = IssueMention & { readonly id: string };

const DAY_MS = 86_400_000;

/** A policy edit shows as an old finding that is resolved and a new one that is active; scans may see the two a day apart, in any order. */
const BEFORE_MS = DAY_MS;
/** A finding that begins later than this is unrelated. */
const AFTER_MS = 7 * DAY_MS;
/** An error finding begins with the scan that ends the others. */
const ERROR_AFTER_MS = DAY_MS;

/**
 * Whether an active finding replaces a resolved one: AWS creates a new finding for every change of a policy. Pure.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings-remediate.html
 */
export function succeeds(successor: Finding, predecessor: Finding): boolean {
  if (successor.error !== null || predecessor.error !== null || successor.findingType !== predecessor.findingType) return false;
  if (lifecycleOf(successor) !== 'active' || lifecycleOf(predecessor) !== 'resolved' || !sameWatch(successor, predecessor)) return false;
  const later = bornMs(successor) - endedMs(predecessor);
  return bornMs(successor) > bornMs(predecessor) && later >= -BEFORE_MS && later <= AFTER_MS;
}

/**
 * Whether a finding is resolved only because its analysis broke: an error finding of its resource began at most a day after the end. Pure.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-error-findings.html
 */
export function breaks(error: Finding, ended: Finding): boolean {
  if (error.error === null || ended.error !== null || !sameWatch(error, ended)) return false;
  return lifecycleOf(error) === 'active' && lifecycleOf(ended) === 'resolved' && bornMs(error) <= endedMs(ended) + ERROR_AFTER_MS;
}

/** Whether an active finding goes on with the access of one that is no longer monitored, under another analyzer. Pure. */
export function carriesOn(next: Finding, gone: Finding): boolean {
  return lifecycleOf(next) === 'active' && lifecycleOf(gone) === 'unmonitored' && isCounterpart(next, gone);
}

/** The issue of the neighbour that a finding replaces: the one that ended last. Null: none. */
export function predecessorOf(finding: Finding, neighbours: readonly Neighbour[]): NeighbourIssue | null {
  const ended = neighbours.filter((one) => one.issue !== null && (succeeds(finding, one.finding) || carriesOn(finding, one.finding)));
  return nearest(ended, (one) => -endedMs(one.finding), finding);
}

/** The issue of the neighbour that replaces one of the findings, or carries on with it: the one that began first. Null: none. */
export function successorOf(findings: readonly Finding[], neighbours: readonly Neighbour[]): NeighbourIssue | null {
  const next = neighbours.filter(
    (one) => one.issue !== null && findings.some((finding) => succeeds(one.finding, finding) || carriesOn(one.finding, finding)),
  );
  const [first] = findings;
  return first === undefined ? null : nearest(next, (one) => bornMs(one.finding), first);
}

/** The error finding that ended one of the findings; one with an issue goes first. Null: none. */
export function breakOf(findings: readonly Finding[], neighbours: readonly Neighbour[]): Neighbour | null {
  const errors = neighbours.filter((one) => findings.some((finding) => breaks(one.finding, finding)));
  return errors.find(({ issue }) => issue !== null) ?? errors[0] ?? null;
}

/** Findings of the same analyzer go first; then the lowest rank wins. */
function nearest(found: readonly Neighbour[], rank: (one: Neighbour) => number, to: Finding): NeighbourIssue | null {
  const isOther = (one: Neighbour): number => (one.finding.analyzerArn === to.analyzerArn ? 0 : 1);
  return found.toSorted((a, b) => isOther(a) - isOther(b) || rank(a) - rank(b))[0]?.issue ?? null;
}

/** The same resource, reported by analyzers of one account: a role is analysed in every Region. */
function sameWatch(a: Finding, b: Finding): boolean {
  const [x, y] = [parseArn(a.analyzerArn), parseArn(b.analyzerArn)];
  return a.resource === b.resource && a.kind === b.kind && x?.accountId === y?.accountId && x?.partition === y?.partition;
}

function bornMs({ createdAt, updatedAt }: Finding): number {
  return timestampMs(createdAt ?? updatedAt);
}

/** Of a finding that has ended. */
function endedMs({ updatedAt }: Finding): number {
  return timestampMs(updatedAt);
}
