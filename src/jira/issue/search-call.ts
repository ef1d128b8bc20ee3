import { bulkFetchIssues, getIssue, searchAndReconsileIssuesUsingJqlPost } from '../http/jira-js.ts';
import { Check } from 'typebox/value';
import type { Failure } from '../../issues/failure.ts';
import { COMMON_LABEL, isGroupLabel, MarkerProperty, PROPERTY_KEY, Tombstone } from '../../issues/marker.ts';
import type { FoundIssue, Lookup, LookupQuery, OursPage, ReadIssue, ReadIssues } from '../../pipeline/ports/issue-tracker.ts';
import { issueStatus } from '../project/issue-status.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { parseEvidence, type Parsed } from '../http/parse-answer.ts';
import { BulkFetched, IssueOfOurs, SearchPage, type WireIssue } from '../http/wire.ts';

const FIELDS = ['status', 'creator', 'labels', 'project', 'issuetype'];
const PAGE = 100;
const MINUTE_MS = 60_000;
/** With more pages a lookup shows what it found, but proves nothing. */
const MAX_PAGES = 20;

/**
 * One lookup by label, with the evidence for its validity: our account, the issues that search is known to have, and the issues at the next
 * numbers. A person can remove a label, but not change the creator: so it also searches for recent issues of our account without the label
 * that all our issues have. However many those are, few lack it. Source of the operators:
 * https://support.atlassian.com/jira-software-cloud/docs/jql-fields/#Labels
 */
export async function lookupCall(calls: JiraCalls, account: OwnAccount, question: LookupQuery): Promise<Lookup> {
  const { label, controls, near, madeWithinMs } = question;
  const self = await account.confirm();
  if (!self.ok) return { valid: false, because: self.because, found: [], failure: self.failure };
  await calls.governor.another();
  const labels = [label, ...controls].map((one) => `"${one}"`).join(', ');
  const made = `creator = currentUser() AND created >= "-${Math.ceil(madeWithinMs / MINUTE_MS)}m"`;
  const bare = `${made} AND (labels is EMPTY OR labels not in ("${COMMON_LABEL}"))`;
  const page = await searchAll(calls, `labels in (${labels}) OR (${bare}) ORDER BY created ASC`, MAX_PAGES);
  if (!page.ok) return { valid: false, because: 'failed', found: [], failure: page.failure };
  const isControl = (issue: WireIssue): boolean => controls.some((control) => hasLabel(issue, control));
  const { issues } = page;
  const read = await withProperties(
    calls,
    issues.filter((issue) => !isControl(issue)),
    self.accountId,
  );
  if (!read.ok) return { valid: false, because: 'failed', found: [], failure: read.failure };
  const probed = near === null ? [] : await probe(calls, near);
  const found = [...read.issues, ...probed].map((issue) => toFound(issue, self.accountId));
  const seesControl = controls.length === 0 || issues.some(isControl);
  const because = page.warned || page.nextCursor !== null ? 'warnings' : seesControl ? 'ok' : 'no-control-seen';
  return { valid: because === 'ok', because, found, failure: because === 'ok' ? null : BLIND[because] };
}

/** Why an issue that a search did not find may exist all the same. */
const BLIND: Readonly<Record<'warnings' | 'no-control-seen', Failure>> = {
  warnings: blind('Jira answered the search with warnings or only in part, so that what it left out is unknown'),
  'no-control-seen': blind('The search does not even show issues of ours that are known to be there'),
};

function blind(message: string): Failure {
  return { code: 'jira-search-blind', message, words: null, retry: { when: 'backoff' } };
}

/**
 * A page of the issues that are ours or were created by our account: a person can remove a label, but not change the creator.
 * @param withinMs issues that were created or changed in the last so many ms; null: all
 */
export async function oursCall(calls: JiraCalls, account: OwnAccount, withinMs: number | null, cursor: string | null): Promise<OursPage> {
  const self = await account.confirm();
  if (!self.ok) return { ok: false, failure: self.failure };
  await calls.governor.another();
  const since = withinMs === null ? '' : ` AND updated >= "-${Math.ceil(withinMs / MINUTE_MS)}m"`;
  const page = await search(calls, `(labels = "${COMMON_LABEL}" OR creator = currentUser())${since} ORDER BY created DESC`, cursor);
  if (!page.ok) return page;
  if (page.warned) return { ok: false, failure: BLIND.warnings };
  const read = await withProperties(calls, page.issues, self.accountId);
  if (!read.ok) return read;
  return { ok: true, found: read.issues.map((issue) => toFound(issue, self.accountId)), nextCursor: page.nextCursor };
}

/** One issue by key or id, with the fields that show whose it is. @returns a failure with the code `jira-not-found` when there is none */
export async function readCall(calls: JiraCalls, account: OwnAccount, issueKey: string): Promise<ReadIssue> {
  const self = await account.confirm();
  if (!self.ok) return { ok: false, failure: self.failure };
  await calls.governor.another();
  const parsed = await readIssue(calls, issueKey);
  return parsed.ok ? { ok: true, found: toFound(parsed.value, self.accountId) } : parsed;
}

/** Up to a hundred issues by their ids, wherever they were moved to. */
export async function readAllCall(calls: JiraCalls, account: OwnAccount, ids: readonly string[]): Promise<ReadIssues> {
  // An anonymous request, as after a token was revoked, would show none of them.
  const self = await account.confirm();
  if (!self.ok) return { ok: false, failure: self.failure };
  await calls.governor.another();
  const fetched = await bulkFetchWhole(calls, [...ids]);
  if (!fetched.ok) return fetched;
  const { issues, isWhole, failed } = fetched.value;
  const known = new Set([...issues.map(({ id }) => id), ...failed]);
  const found = issues.filter(({ id }) => ids.includes(id)).map((issue) => toFound(issue, self.accountId));
  // An answer that is about other issues, or holds what can't be read, says nothing of those that it lacks.
  const isAbout = isWhole && [...known].every((id) => ids.includes(id));
  return { ok: true, found, absent: isAbout ? ids.filter((id) => !known.has(id)) : [] };
}

async function readIssue({ ask, clock }: JiraCalls, issueIdOrKey: string): Promise<Parsed<WireIssue>> {
  const request = { issueIdOrKey, fields: FIELDS, properties: [PROPERTY_KEY] };
  return parseEvidence(IssueOfOurs, await ask((client) => getIssue(client, request)), clock.now());
}

/** An issue that can't be read is left out, like one that is not there: neither is evidence. */
async function bulkFetch(calls: JiraCalls, issueIdsOrKeys: string[]): Promise<Parsed<readonly WireIssue[]>> {
  const fetched = await bulkFetchWhole(calls, issueIdsOrKeys);
  return fetched.ok ? { ok: true, value: fetched.value.issues } : fetched;
}

/** `failed`: ids of issues that Jira could not read just now. */
async function bulkFetchWhole(
  { ask, clock }: JiraCalls,
  issueIdsOrKeys: string[],
): Promise<Parsed<{ readonly issues: readonly WireIssue[]; readonly isWhole: boolean; readonly failed: readonly string[] }>> {
  const request = { issueIdsOrKeys, fields: FIELDS, properties: [PROPERTY_KEY] };
  const parsed = parseEvidence(BulkFetched, await ask((client) => bulkFetchIssues(client, request)), clock.now());
  if (!parsed.ok) return parsed;
  const issues = readable(parsed.value.issues);
  const failed = (parsed.value.issueErrors ?? []).map(({ id }) => id);
  return { ok: true, value: { issues, isWhole: issues.length === parsed.value.issues.length, failed } };
}

/**
 * Issues of a project with numbers above the newest one that search knows, by any creator: they may be recent creates that a lost store
 * knew.
 * A project that the account can't see has none.
 */
export async function freshCall(calls: JiraCalls, account: OwnAccount, projectKey: string): Promise<OursPage> {
  const self = await account.confirm();
  if (!self.ok) return { ok: false, failure: self.failure };
  await calls.governor.another();
  const newest = await search(calls, `project = "${projectKey}" ORDER BY created DESC`, null, 1);
  if (!newest.ok) return newest.failure.code === 'jira-invalid-request' ? { ok: true, found: [], nextCursor: null } : newest;
  const found = new Map<string, FoundIssue>();
  if (newest.issues.length === 0 && newest.warned) return { ok: false, failure: BLIND.warnings };
  let after = numberIn(newest.issues[0]?.key ?? '', projectKey);
  for (;;) {
    const probed = await probe(calls, { projectKey, after });
    if (probed.length === 0) return { ok: true, found: [...found.values()], nextCursor: null };
    if (probed.every(({ id }) => found.has(id))) return { ok: false, failure: SAME_AGAIN };
    for (const issue of probed) found.set(issue.id, toFound(issue, self.accountId));
    after += PAGE;
  }
}

/** Guards against an endless loop: one issue may have an old number and a new one, but not a whole page of them. */
const SAME_AGAIN: Failure = {
  code: 'jira-bad-answer',
  message: 'Jira gave the same issues for other numbers; a proxy may stand before it and keep answers',
  words: null,
  retry: { when: 'backoff' },
};

function numberIn(key: string, projectKey: string): number {
  return key.startsWith(`${projectKey}-`) ? Number(key.slice(projectKey.length + 1)) : 0;
}

/**
 * Reads the issues with the numbers after `after`. Unused numbers are absent without harm. It is a second chance to find, never evidence of
 * absence: that this reads the database and not the index is not documented.
 */
async function probe(calls: JiraCalls, { projectKey, after }: NonNullable<LookupQuery['near']>): Promise<readonly WireIssue[]> {
  await calls.governor.another();
  const parsed = await bulkFetch(
    calls,
    Array.from({ length: PAGE }, (_, index) => `${projectKey}-${after + 1 + index}`),
  );
  return parsed.ok ? parsed.value : [];
}

/**
 * The issues with their properties. A search may leave properties out, so an issue that has our label and our account as its creator is read itself
 * where the search shows no property: without one it would count as an issue of no group, and another one would be created.
 */
async function withProperties(
  calls: JiraCalls,
  issues: readonly WireIssue[],
  accountId: string,
): Promise<{ readonly ok: true; readonly issues: readonly WireIssue[] } | { readonly ok: false; readonly failure: Failure }> {
  const bare = issues.filter((issue) => issue.properties?.[PROPERTY_KEY] === undefined && isOfOurMaking(issue, accountId));
  const read = new Map<string, WireIssue>();
  for (let from = 0; from < bare.length; from += PAGE) {
    const some = bare.slice(from, from + PAGE).map(({ id }) => id);
    await calls.governor.another();
    const fetched = await bulkFetch(calls, some);
    if (!fetched.ok) return fetched;
    for (const issue of fetched.value) read.set(issue.id, issue);
  }
  // Bulk fetch may lag behind search. A single read does not.
  for (const { id } of bare.filter((issue) => !read.has(issue.id))) {
    await calls.governor.another();
    const parsed = await readIssue(calls, id);
    if (parsed.ok) read.set(id, parsed.value);
    else if (parsed.failure.code !== 'jira-not-found') return parsed;
  }
  return { ok: true, issues: issues.map((issue) => read.get(issue.id) ?? issue) };
}

function isOfOurMaking({ fields: { creator, labels } }: WireIssue, accountId: string): boolean {
  return creator?.accountId === accountId && (labels ?? []).some((label) => label === COMMON_LABEL || isGroupLabel(label));
}

type Searched =
  | { readonly ok: true; readonly issues: readonly WireIssue[]; readonly warned: boolean; readonly nextCursor: string | null }
  | { readonly ok: false; readonly failure: Failure };

async function search({ ask, clock }: JiraCalls, jql: string, cursor: string | null, maxResults = PAGE): Promise<Searched> {
  const request = {
    jql,
    fields: FIELDS,
    properties: [PROPERTY_KEY],
    maxResults,
    ...(cursor === null ? {} : { nextPageToken: cursor }),
  };
  const parsed = parseEvidence(SearchPage, await ask((client) => searchAndReconsileIssuesUsingJqlPost(client, request)), clock.now());
  if (!parsed.ok) return parsed;
  const { issues: raw, warnings, nextPageToken = null, isLast } = parsed.value;
  const issues = readable(raw);
  // An issue that can't be read may be the one that is searched for.
  const cut = (isLast === false && nextPageToken === null) || issues.length < raw.length;
  return { ok: true, issues, warned: cut || (warnings ?? []).length > 0, nextCursor: isLast === true ? null : nextPageToken };
}

function readable(issues: readonly unknown[]): readonly WireIssue[] {
  return issues.filter((issue) => Check(IssueOfOurs, issue));
}

/** Reads page after page; `nextCursor` is set where there are more than `mostPages`. */
async function searchAll(calls: JiraCalls, jql: string, mostPages: number): Promise<Searched> {
  const all: WireIssue[] = [];
  let cursor: string | null = null;
  for (let pages = 0; ; pages += 1) {
    if (pages > 0) await calls.governor.another();
    const page: Searched = await search(calls, jql, cursor);
    if (!page.ok) return page;
    all.push(...page.issues);
    if (page.warned || page.nextCursor === null || pages + 1 >= mostPages) return { ...page, issues: all };
    cursor = page.nextCursor;
  }
}

function hasLabel(issue: WireIssue, label: string): boolean {
  return (issue.fields.labels ?? []).includes(label);
}

/** Of an answer that does not say the status: neither open nor done. */
const UNKNOWN_STATUS = { name: 'unknown', category: 'undefined' } as const;

function toFound(issue: WireIssue, accountId: string): FoundIssue {
  const property = issue.properties?.[PROPERTY_KEY];
  const { project, issuetype, creator, labels, status } = issue.fields;
  return {
    issue: { id: issue.id, key: issue.key },
    projectKey: project?.key ?? issue.key.slice(0, issue.key.lastIndexOf('-')),
    issueType: issuetype?.name ?? '',
    createdByUs: creator?.accountId === accountId,
    labels: labels ?? [],
    property: Check(MarkerProperty, property) ? property : null,
    tombstone: Check(Tombstone, property) ? property : null,
    status: status ? issueStatus(status) : UNKNOWN_STATUS,
  };
}
