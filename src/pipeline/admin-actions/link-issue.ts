import { partsOfKey } from '../../findings/finding.ts';
import type { Failure } from '../../issues/failure.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { withLink } from '../../issues/taken-away.ts';
import { NEVER_OURS } from '../../issues/written.ts';
import { changeGroup, type Alongside, type Change, type GroupChanging } from '../groups/change-group.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS, LINKS, type LinkRecord } from '../records/group-collections.ts';
import { wholePage } from '../records/whole-page.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { FoundIssue, IssueTracker } from '../ports/issue-tracker.ts';
import { readUnproven } from '../groups/unproven-issues.ts';
import { withoutUnproven, type UnprovenIssue } from '../../issues/unproven.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';

/** The group that has an issue; null: another installation has it. `finding`: the first of its findings that is known by its id. */
export interface Holder {
  readonly group: GroupKey | null;
  readonly finding: { readonly findingId: string; readonly analyzerArn: string } | null;
}

/** `serves-another-group`: an issue has one group. */
export type Linked =
  | { readonly ok: true; readonly issueKey: string }
  | { readonly ok: false; readonly because: 'no-such-group' | 'already-linked' }
  | ({ readonly ok: false; readonly because: 'serves-another-group' } & Holder)
  | { readonly ok: false; readonly because: 'jira-failed'; readonly failure: Failure };

/**
 * Makes an existing issue the group's own. It beats every other claim: an issue that the group had is closed as a duplicate by the next sweep.
 * The issue's texts stay as people wrote them; it gets our property and label with the next pass.
 * @param issueKey such as `SEC-1`, or an id
 * @param by who did it, for the history
 */
export type LinkIssue = (group: GroupKey, issueKey: string, by: string, alongside?: Alongside) => Promise<Linked>;

export interface LinkIssueDeps extends GroupChanging {
  readonly tracker: IssueTracker;
  readonly installation: string;
}

type Refusal = { readonly because: 'already-linked' } | ({ readonly because: 'serves-another-group' } & Holder);

export function createLinkIssue(deps: LinkIssueDeps): LinkIssue {
  const { store, tracker, installation } = deps;

  return async (group, issueKey, by, alongside = () => []) => {
    const permit = await tracker.permit('read');
    if (!permit.granted)
      return { ok: false, because: 'jira-failed', failure: 'failure' in permit ? permit.failure : noPermit(permit.afterMs) };
    const read = await tracker.read(issueKey).finally(() => permit.release());
    if (!read.ok) return { ok: false, because: 'jira-failed', failure: read.failure };
    const { found } = read;
    let claimed: Stored<LinkRecord> | null = null;
    let forget: readonly Write[] = [];
    const linked = async (view: GroupView): Promise<Change<Refusal>> => {
      const { record } = view;
      [claimed = null] = await store.read(LINKS, [found.issue.id]);
      if (record.issue?.id === found.issue.id) return { refused: { because: 'already-linked' } };
      const unproven = await readUnproven(store, installation, view);
      forget = unproven.forget;
      const other = await servedBy(store, found, installation, unproven.issues);
      if (other !== null && other.group !== group) return { refused: { because: 'serves-another-group', ...other } };
      const comesBack = found.createdByUs && unproven.issues.some(({ id }) => id === found.issue.id);
      return {
        next: withLink(withoutUnproven(record, unproven.issues), comesBack ? backIssue(found) : linkedIssue(found)),
        note: { what: 'linked', because: `by ${by}`, issueKey: found.issue.key },
      };
    };
    const changed = await changeGroup(deps, group, linked, (...change) => [
      put(LINKS, found.issue.id, claimed?.version ?? null, { group }),
      ...forget,
      ...alongside(...change),
    ]);
    if (changed.changed) return { ok: true, issueKey: found.issue.key };
    return changed.because === 'no-such-group' ? { ok: false, because: 'no-such-group' } : { ok: false, ...changed.because };
  };
}

/**
 * The group that the issue already belongs to, by our records or by its own property; null: none. The property says nothing against the link of an
 * issue about which an admin has to decide.
 */
async function servedBy(
  store: Store,
  { issue, property }: FoundIssue,
  installation: string,
  unproven: readonly UnprovenIssue[],
): Promise<Holder | null> {
  const [known] = await wholePage(store, FINDINGS, { terms: [`issueKey:${issue.key}`], limit: 1 });
  if (known !== undefined) {
    const { group, finding } = known.doc;
    return { group, finding: { findingId: finding.findingId, analyzerArn: finding.analyzerArn } };
  }
  if (property === null || unproven.some(({ id }) => id === issue.id)) return null;
  if (property.installation !== installation) return { group: null, finding: null };
  return { group: property.group, finding: await firstFinding(store, property.group) };
}

/** From the group's record, since the property of an issue may name anything. */
async function firstFinding(store: Store, group: GroupKey): Promise<Holder['finding']> {
  const [stored] = await store.read(GROUPS, [group]);
  return stored?.doc.members.map(partsOfKey).find((parts) => parts !== null) ?? null;
}

/** A linked issue was made for another purpose: where it is closed while the finding is open, a person has decided that. */
function linkedIssue({ issue, projectKey, issueType, status }: FoundIssue): OwnIssue {
  const isDone = status.category === 'done';
  return {
    ...issue,
    projectKey,
    issueType,
    ruleId: null,
    lastApplied: isDone ? 'closed' : 'open',
    status,
    linked: true,
    marker: 'wanted',
    written: NEVER_OURS,
    ...(isDone ? { closedBecause: 'by-person' } : {}),
  };
}

/** An issue that our account created and whose marker proved nothing: its texts and its close are ours, as far as its history says so. */
function backIssue(found: FoundIssue): OwnIssue {
  const { closedBecause: _, ...issue } = linkedIssue(found);
  return { ...issue, written: {} };
}

function noPermit(afterMs: number): Failure {
  return {
    code: 'jira-rate-limited',
    message: 'Jira is busy, so that the issue was not read; try again',
    words: null,
    retry: { when: 'after', afterMs },
  };
}
