import { adfHtml } from './adf-html.ts';
import { projectHtml } from './board-page.ts';
import { BOARD_STYLE } from './board-style.ts';
import { html, htmlPage, type Html, type HtmlPage } from './html.ts';
import type { JiraState } from '../jira/jira-state.ts';
import type { SimulatedIssue } from '../jira/simulated-issue.ts';
import { statusNamed } from '../jira/workflow.ts';

const REFRESH_SECONDS = 10;

/** One issue: its fields, its text, its comments, its links and its history. */
export function issuePage(state: JiraState, issue: SimulatedIssue): HtmlPage {
  const status = statusNamed(state.issueType(issue).workflow, issue.status);
  const body = html`<header>
      <h1><a href="/">Jira board</a> <small>SANDBOX</small></h1>
    </header>
    <main class="issue">
      <div>${projectHtml(state, issue.projectKey)} <b>${issue.key}</b> · ${issue.issueType}</div>
      <h1>${issue.summary}</h1>
      <dl>
        <dt>Status</dt>
        <dd><span class="status ${status.category}">${issue.status}</span></dd>
        ${fact('Resolution', issue.resolution)}${fact('Priority', issue.priority)}${fact('Due date', issue.dueDate)}
        ${fact('Labels', issue.labels.length === 0 ? null : html`<span class="chips">${issue.labels.map((label) => html`<span class="chip">${label}</span>`)}</span>`)}
        ${fact('Assignee', issue.assignee === null ? null : nameOf(state, issue.assignee))}${fact('Reporter', nameOf(state, issue.creator))}
        ${fact('Created', readable(issue.created))}${fact('Updated', readable(issue.updated))}
      </dl>
      <h2>Description</h2>
      ${adfHtml(issue.description)}
      <h2>Comments (${issue.comments.length})</h2>
      ${issue.comments.map(
        ({ author, created, body: raw }) =>
          html`<div class="comment">
            <div class="who"><b>${nameOf(state, author)}</b> · ${readable(created)}</div>
            ${adfHtml(raw)}
          </div>`,
      )}
      ${
        issue.links.length === 0
          ? null
          : html`<h2>Links</h2>
              <ul>
                ${issue.links.map(({ type, direction, issueId }) => html`<li>${type} (${direction}): ${issueLink(state, issueId)}</li>`)}
              </ul>`
      }
      <h2>History</h2>
      <ul class="changes">
        <li>${readable(issue.created)}: created by ${nameOf(state, issue.creator)}</li>
        ${issue.changelog.map(({ who, at, field, from, to }) =>
          field === 'description'
            ? html`<li>${readable(at)}: ${nameOf(state, who)} changed the description</li>`
            : html`<li>${readable(at)}: ${nameOf(state, who)} changed ${field} from “${from}” to “${to}”</li>`,
        )}
      </ul>
    </main>`;
  return htmlPage(`${issue.key}: ${issue.summary}`, BOARD_STYLE, body, REFRESH_SECONDS);
}

function fact(name: string, value: string | Html | null): Html {
  return value === null
    ? html``
    : html`<dt>${name}</dt>
        <dd>${value}</dd>`;
}

function issueLink(state: JiraState, id: string): Html {
  const issue = state.issue(id);
  return issue === null ? html`${id}` : html`<a href="/browse/${issue.key}">${issue.key}</a>`;
}

function nameOf({ people }: JiraState, accountId: string): string {
  return people.find((person) => person.accountId === accountId)?.displayName ?? accountId;
}

/** `2026-11-20 10:11:12 UTC` */
function readable(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
