import { BOARD_STYLE } from './board-style.ts';
import { html, htmlPage, type Html, type HtmlPage } from './html.ts';
import type { JiraState } from '../jira/jira-state.ts';
import type { SimulatedIssue } from '../jira/simulated-issue.ts';
import type { WorkflowStatus } from '../jira/workflow.ts';

const REFRESH_SECONDS = 3;
/** Per column: thousands of cards would not be readable. */
const MAX_CARDS = 60;
const CATEGORIES = ['new', 'indeterminate', 'done'] as const;

/** The board: a column for every status, the newest change first. */
export function boardPage(state: JiraState): HtmlPage {
  const issues = state.issues().toSorted((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : Number(b.id) - Number(a.id)));
  const columns = statusesOf(state).map((status) =>
    columnHtml(
      state,
      status,
      issues.filter((issue) => issue.status === status.name),
    ),
  );
  return htmlPage(
    'Sandbox Jira',
    BOARD_STYLE,
    html`${headerHtml(state, issues)}
      <div class="board">${columns}</div>`,
    REFRESH_SECONDS,
  );
}

/** A project key in its own colour. */
export function projectHtml(state: JiraState, projectKey: string): Html {
  const position = state.projects().findIndex(({ key }) => key === projectKey);
  return html`<span class="project c${position % 4}">${projectKey}</span>`;
}

/** 1 for the most urgent to 5 for the least; 3 without a priority. */
function urgency(state: JiraState, issue: SimulatedIssue): number {
  const priorities = state.project(issue.projectKey)?.priorities ?? [];
  const position = priorities.findIndex(({ name }) => name === issue.priority);
  return position === -1 ? 3 : Math.min(5, position + 1);
}

/** All statuses of all projects, each once, in the order of their categories. */
function statusesOf(state: JiraState): WorkflowStatus[] {
  const workflows = state.projects().flatMap(({ issueTypes }) => issueTypes.map(({ workflow }) => workflow));
  const statuses = new Map(workflows.flatMap((workflow) => workflow.statuses.map((status) => [status.name, status])));
  return CATEGORIES.flatMap((category) => [...statuses.values()].filter((status) => status.category === category));
}

function headerHtml(state: JiraState, issues: readonly SimulatedIssue[]): Html {
  const counts = state.projects().map(({ key }) => {
    const [all, open] = [issues.filter(({ projectKey }) => projectKey === key), openIssues(state, key, issues)];
    return html`<span class="count">${projectHtml(state, key)} <b>${open}</b> open of ${all.length}</span>`;
  });
  return html`<header>
    <h1>Jira board <small>SANDBOX</small></h1>
    <div class="counts">${counts}</div>
  </header>`;
}

function openIssues(state: JiraState, projectKey: string, issues: readonly SimulatedIssue[]): number {
  const isOpen = (issue: SimulatedIssue): boolean =>
    state.issueType(issue).workflow.statuses.some(({ name, category }) => name === issue.status && category !== 'done');
  return issues.filter((issue) => issue.projectKey === projectKey && isOpen(issue)).length;
}

function columnHtml(state: JiraState, status: WorkflowStatus, issues: readonly SimulatedIssue[]): Html {
  const cards = issues.slice(0, MAX_CARDS).map((issue) => cardHtml(state, status, issue));
  const more = issues.length - cards.length;
  return html`<section class="column ${status.category}">
    <h2>${status.name}<span>${issues.length}</span></h2>
    ${cards}${more > 0 ? html`<p class="empty">and ${more} more</p>` : null}${issues.length === 0 ? html`<p class="empty">nothing here</p>` : null}
  </section>`;
}

function cardHtml(state: JiraState, status: WorkflowStatus, issue: SimulatedIssue): Html {
  const late = issue.dueDate !== null && status.category !== 'done' && issue.dueDate < state.time().slice(0, 10);
  const due = issue.dueDate === null ? null : html`<span class="chip ${late ? 'late' : 'due'}">due ${issue.dueDate}</span>`;
  const comments =
    issue.comments.length === 0
      ? null
      : html`<span class="chip said">${issue.comments.length} comment${issue.comments.length === 1 ? '' : 's'}</span>`;
  // A generated label, such as a hash, is shown smaller than readable ones.
  const labels = issue.labels.map(
    (label) => html`<span class="chip${/[a-z2-7]{20,}/.test(label) ? ' mark' : ''}" title="${label}">${label}</span>`,
  );
  return html`<article class="card p${urgency(state, issue)}">
    <div class="top">
      ${projectHtml(state, issue.projectKey)}<a class="key" href="/browse/${issue.key}">${issue.key}</a><span>${issue.issueType}</span
      ><span class="priority">${issue.priority}</span>
    </div>
    <div class="summary">${issue.summary}</div>
    <div class="chips">
      ${due}${comments}${issue.resolution === null ? null : html`<span class="chip said">${issue.resolution}</span>`}${labels}
    </div>
  </article> `;
}
