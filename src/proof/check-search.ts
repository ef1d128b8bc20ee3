import { isDeepStrictEqual } from 'node:util';
import { Check } from 'typebox/value';
import { markerLabel } from '../issues/marker.ts';
import { BulkFetched, IssueOfOurs, SearchPage, type WireIssue } from '../jira/http/wire.ts';
import { readEach } from '../jira/http/read-part.ts';
import { lookupCall, oursCall } from '../jira/issue/search-call.ts';
import type { LookupQuery } from '../pipeline/ports/issue-tracker.ts';
import { goOn, pause, readUntil, type LiveProof, type TestIssue } from './live-proof.ts';
import { statusOf, type Recorded } from './recorded-calls.ts';
import { MADE_WITHIN_MS, propertyIn } from './test-issue.ts';

interface Sightings {
  /** Ms after the create; null: not seen. */
  readonly byLabel: number | null;
  readonly byUpdated: number | null;
}

/** Repeats the searches of a lookup and of a sweep until both show the issue. */
export async function checkSearch(proof: LiveProof, made: TestIssue, hasLabels: boolean, newestBefore: number | null): Promise<void> {
  const { notes, uncertainWindowMs, bounds, say } = proof;
  say(`Waiting until search finds it, at most ${inSeconds(bounds.searchMs)}`);
  const { byLabel, byUpdated } = await searchUntilSeen(proof, made, hasLabels, newestBefore);
  const seen = [byLabel, byUpdated].filter((ms) => ms !== null);
  if (seen.length === 0) return notes.judge('search-lag', false, `no search found the issue within ${inSeconds(bounds.searchMs)}`);
  const lagMs = Math.min(...seen);
  notes.judge('search-lag', lagMs <= uncertainWindowMs, `found after ${inSeconds(lagMs)}; the window is ${inSeconds(uncertainWindowMs)}`);
  if (!hasLabels) notes.unseen('label-search', 'the issue has no labels');
  else if (byLabel === null) notes.judge('label-search', false, `not found, although another search found it after ${inSeconds(lagMs)}`);
  else notes.judge('label-search', true, `found after ${inSeconds(byLabel)}`);
  notes.judge('updated-search', byUpdated !== null, byUpdated === null ? 'not found' : `found after ${inSeconds(byUpdated)}`);
}

async function searchUntilSeen(proof: LiveProof, made: TestIssue, hasLabels: boolean, newestBefore: number | null): Promise<Sightings> {
  const { calls, projectKey, bounds } = proof;
  const after = newestBefore ?? Number(made.issue.key.split('-').at(-1)) - 1;
  const since = (): number => calls.clock.monotonic() - made.createdAt;
  let byLabel: number | null = null;
  let byUpdated: number | null = null;
  for (let near: LookupQuery['near'] = { projectKey, after }; ; near = null) {
    const isShown = await lookUp(proof, made, near);
    // Without labels another part of the same search finds it.
    if (isShown && hasLabels) byLabel ??= since();
    if (await isInSweep(proof, made)) byUpdated ??= since();
    const first = Math.min(byLabel ?? Infinity, byUpdated ?? Infinity);
    const isComplete = byUpdated !== null && (byLabel !== null || !hasLabels);
    if (isComplete || since() > Math.min(bounds.searchMs, first + bounds.graceMs)) return { byLabel, byUpdated };
    await pause(proof);
  }
}

/** One lookup as of an uncertain create. @returns whether its search shows the issue */
async function lookUp(proof: LiveProof, made: TestIssue, near: LookupQuery['near']): Promise<boolean> {
  const { calls, parts } = proof;
  await goOn(proof);
  const question = { label: made.marker.label, controls: [], near, madeWithinMs: MADE_WITHIN_MS };
  const { heard } = await calls.during(() => lookupCall(calls, parts.account, question));
  if (near !== null) judgeNumbers(proof, made, heard);
  const shown = shownBySearch(heard, made.issue.id);
  if (shown !== undefined) judgeProperty(proof, made, shown);
  return shown !== undefined;
}

async function isInSweep(proof: LiveProof, { issue }: TestIssue): Promise<boolean> {
  const { calls, parts } = proof;
  await goOn(proof);
  const { heard } = await calls.during(() => oursCall(calls, parts.account, MADE_WITHIN_MS, null));
  return shownBySearch(heard, issue.id) !== undefined;
}

/** The bulk fetch of numbers, of which most do not exist. */
function judgeNumbers({ notes }: LiveProof, { issue }: TestIssue, heard: readonly Recorded[]): void {
  const answer = heard.findLast(({ operation }) => operation === 'POST /issue/bulkfetch')?.answer;
  if (answer?.kind !== 'http' || !Check(BulkFetched, answer.json)) return notes.judge('bulk-fetch-numbers', false, statusOf(answer));
  const { issues: raw, ...others } = answer.json;
  const issues = readEach(IssueOfOurs, raw);
  const errors = 'issueErrors' in others && Array.isArray(others.issueErrors) ? others.issueErrors.length : 0;
  if (errors > 0) return notes.judge('bulk-fetch-numbers', false, `${errors} errors`);
  if (issues.some(({ id }) => id === issue.id)) return notes.judge('bulk-fetch-numbers', true, `${issues.length} of 100 exist, no errors`);
  notes.unseen('bulk-fetch-numbers', 'bulk fetch did not show the issue yet');
}

function judgeProperty({ notes }: LiveProof, { marker }: TestIssue, { properties }: WireIssue): void {
  if (notes.isDifferent('create-property')) return notes.unseen('search-property', 'the issue has no property');
  const isShown = isDeepStrictEqual(propertyIn(properties ?? undefined), marker.property);
  notes.judge('search-property', isShown, isShown ? 'shown as sent' : 'not shown');
}

function shownBySearch(heard: readonly Recorded[], id: string): WireIssue | undefined {
  const pages = heard.flatMap(({ operation, answer }) =>
    operation === 'POST /search/jql' && answer.kind === 'http' && Check(SearchPage, answer.json)
      ? readEach(IssueOfOurs, answer.json.issues)
      : [],
  );
  return pages.find((issue) => issue.id === id);
}

/** The issue has lost the labels of its marker: only the part of the lookup that asks for our account can find it. */
export async function checkCreatorSearch(proof: LiveProof, { issue, marker }: TestIssue): Promise<void> {
  const { calls, parts, notes, bounds, say } = proof;
  say(`Waiting until search finds it without its labels, at most ${inSeconds(bounds.searchMs)}`);
  // No issue has this label.
  const label = markerLabel(marker.property.installation, `${marker.property.group}-no-issue`);
  const question = { label, controls: [], near: null, madeWithinMs: MADE_WITHIN_MS };
  const { isThere, afterMs } = await readUntil(
    proof,
    () => calls.during(() => lookupCall(calls, parts.account, question)),
    ({ heard }) => shownBySearch(heard, issue.id) !== undefined,
    bounds.searchMs,
  );
  notes.judge('creator-search', isThere, `${isThere ? 'found after' : 'not found within'} ${inSeconds(afterMs)}`);
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
