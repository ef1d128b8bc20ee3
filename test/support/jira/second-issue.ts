import type { FoundIssue } from '../../../src/pipeline/ports/issue-tracker.ts';

/** An open second issue of a group, as a sweep found it. */
export function secondIssue(issue: FoundIssue['issue']): FoundIssue {
  return {
    issue,
    projectKey: 'SEC',
    issueType: 'Task',
    createdByUs: true,
    property: null,
    tombstone: null,
    status: { name: 'To Do', category: 'new' },
  };
}
