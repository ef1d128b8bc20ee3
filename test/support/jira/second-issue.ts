import type { FoundIssue } from '../../../src/pipeline/ports/issue-tracker.ts';

/** An open duplicate, as a sweep finds it. */
export function secondIssue(issue: FoundIssue['issue']): FoundIssue {
  return {
    issue,
    projectKey: 'SEC',
    issueType: 'Task',
    createdByUs: true,
    labels: [],
    property: null,
    tombstone: null,
    status: { name: 'To Do', category: 'new' },
  };
}
