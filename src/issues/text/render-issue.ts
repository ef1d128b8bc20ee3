import { severityOf } from '../../findings/severity.ts';
import { fillTemplate } from '../../rules/fill-template.ts';
import { parseTemplate } from '../../rules/template.ts';
import { dueDateOf } from '../due-date.ts';
import { describeIssue } from './describe-issue.ts';
import { fillRoute } from './fill-route.ts';
import { headline } from './finding-words.ts';
import type { IssueDraft } from '../issue-draft.ts';
import { oneLine } from './fit-text.ts';
import { COMMON_LABEL } from '../marker.ts';
import type { RenderInput } from './render-input.ts';
import { templateValues } from './template-values.ts';

/** UTF-16 units. Jira refuses a longer summary, and any summary with a newline. */
const MAX_SUMMARY = 255;

/** The issue for a group. Pure. */
export function renderIssue(input: RenderInput): IssueDraft {
  const { findings, route, nowMs } = input;
  const filled = fillRoute(route, templateValues(findings[0], route));
  return {
    projectKey: route.projectKey,
    issueType: route.issueType,
    summary: summaryOf(input),
    description: describeIssue(input),
    ...filled,
    labels: [...new Set([COMMON_LABEL, ...filled.labels])],
    severity: severityOf(findings[0]),
    priority: route.priority,
    securityLevel: route.securityLevel,
    parent: route.parent,
    team: route.team,
    dueDate: dueDateOf(nowMs, route.dueInDays),
  };
}

/** The rule's template if it yields a text, else the default. A name may hold no visible character. */
function summaryOf({ findings: [lead], route }: RenderInput): string {
  const parsed = route.summary === null ? null : parseTemplate(route.summary, 'full');
  const own = parsed?.ok === true ? oneLine(fillTemplate(parsed.template, templateValues(lead, route)), MAX_SUMMARY) : '';
  return own === '' ? oneLine(headline(lead, route.content, MAX_SUMMARY), MAX_SUMMARY) : own;
}
