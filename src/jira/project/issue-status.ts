import type { IssueStatus } from '../../issues/group-record.ts';
import type { WireStatus } from '../http/wire.ts';

const CATEGORIES: readonly IssueStatus['category'][] = ['new', 'indeterminate', 'done'];

/** A status as we store it; no category, or one that Jira adds later, is `undefined`, which is never taken for done. */
export function issueStatus({ name, statusCategory }: WireStatus): IssueStatus {
  return { name, category: CATEGORIES.find((category) => category === statusCategory?.key) ?? 'undefined' };
}
