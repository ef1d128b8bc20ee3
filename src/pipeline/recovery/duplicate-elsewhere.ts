import { isTakenAway } from '../../issues/taken-away.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import type { IssueRef } from '../ports/issue-ref.ts';
import type { OurIssue } from './read-ours.ts';
import type { Store } from '../ports/store.ts';

/**
 * After a lost store two groups may have an issue for the same findings, if the first one was hidden for too long. If none of the findings that an
 * open issue names is in its own group, and each is in one that has an issue, this one serves no finding.
 * @returns the issue of the first of those groups; null: the issue is no such duplicate
 */
export async function duplicateElsewhere(store: Store, { issue, status, property }: OurIssue): Promise<IssueRef | null> {
  if (status.category === 'done') return null;
  const [own] = await store.read(GROUPS, [property.group]);
  if (own && isTakenAway(own.doc, issue.id)) return null;
  const members = own?.doc.members ?? [];
  // The property only speaks for a group that has no findings any more.
  const names = members.length > 0 ? members : [...new Set(property.findings)];
  const findings = await store.read(FINDINGS, names);
  const groups = findings.map((finding) => finding?.doc.group ?? property.group);
  if (names.length === 0 || groups.includes(property.group)) return null;
  const standing = await store.read(GROUPS, groups);
  const issues = standing.flatMap((group) => group?.doc.issue ?? []).filter(({ missing }) => missing === undefined);
  const [first] = issues;
  return first === undefined || issues.length < groups.length ? null : { id: first.id, key: first.key };
}
