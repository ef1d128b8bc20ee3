import { doc, paragraph, text } from '../../../src/issues/text/adf.ts';
import type { IssueDraft } from '../../../src/issues/issue-draft.ts';
import type { IssueRoute } from '../../../src/issues/issue-route.ts';
import type { ReadyIssue } from '../../../src/pipeline/ports/issue-tracker.ts';

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
    team: null,
    fields: {},
    content: 'full',
    consoleLink: null,
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
    team: null,
    fields: {},
    filled: [],
    ...overrides,
  };
}

/** An issue that is ready to be sent, with nothing special in it. */
export function readyIssue(overrides: Partial<ReadyIssue> = {}): ReadyIssue {
  const { projectKey, issueType, summary, description, labels } = issueDraft();
  const fields = { project: { key: projectKey }, issuetype: { name: issueType }, summary, description };
  return { projectKey, issueType, fields, labels, takesLabels: true, notes: [], ...overrides };
}
