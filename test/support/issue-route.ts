import { doc, paragraph, text } from '../../src/issues/adf.ts';
import type { IssueDraft } from '../../src/issues/issue-draft.ts';
import type { IssueRoute } from '../../src/issues/issue-route.ts';

/** A route with nothing special in it. */
export function issueRoute(overrides: Partial<IssueRoute> = {}): IssueRoute {
  return {
    ruleId: 'everything-else',
    revision: 1,
    projectKey: 'SEC',
    issueType: 'Task',
    priority: null,
    labels: [],
    dueInDays: null,
    components: [],
    securityLevel: null,
    parent: null,
    assignee: null,
    fallbackAssignee: null,
    fields: {},
    content: 'full',
    summary: null,
    sections: [],
    ...overrides,
  };
}

/** A draft with nothing special in it. */
export function issueDraft(overrides: Partial<IssueDraft> = {}): IssueDraft {
  return {
    projectKey: 'SEC',
    issueType: 'Task',
    summary: 'S3 bucket logs is public',
    description: doc(paragraph(text('What is open, and to whom.'))),
    labels: [],
    severity: 'high',
    priority: null,
    dueDate: null,
    components: [],
    securityLevel: null,
    parent: null,
    assignee: null,
    fallbackAssignee: null,
    fields: {},
    ...overrides,
  };
}
