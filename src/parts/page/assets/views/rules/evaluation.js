import { Facts } from '../../components/card.js';
import { Icon } from '../../components/icon.js';
import { Foreign } from '../../components/text.js';
import { Time } from '../../components/time.js';
import { visible, visibleLines } from '../../format.js';
import { html } from '../../html.js';
import { EvaluationResult } from '../findings/trace.js';
import { Adf } from './adf.js';

const OUTCOME = /** @type {Readonly<Record<string, string>>} */ ({
  resolved: 'fixed',
  archived: 'accepted',
  unmonitored: 'no longer monitored',
});

/** What rules do to one finding: the trace field by field, what Jira says, and the issue that would be opened. @param {{ evaluation: any }} props */
export function Evaluation({ evaluation }) {
  const { outcome, preflight, ends, decision } = evaluation;
  const { issueKey, notes, failure, until, request } = outcome;
  return html`<div class="stack evaluation">
    <${EvaluationResult} evaluation=${{ ...evaluation, outcome: { ...outcome, request: null } }} />
    ${until === null ? null : html`<p>It waits: <${Time} at=${until} />.</p>`}
    ${failure === null ? null : html`<p class="because critical"><b>${visible(failure.message)}</b>${failure.words === null ? null : html` Jira says: <q><${Foreign}>${failure.words}<//></q>`}</p>`}
    ${notes.length === 0 ? null : html`<ul class="will">${notes.map((/** @type {string} */ note) => html`<li key=${note}><${Foreign}>${note}<//></li>`)}</ul>`}
    ${(preflight ?? []).map(
      (/** @type {any} */ { path, severity, message, code }) =>
        html`<p key=${`${path}${code}`} class=${`because ${severity === 'error' ? 'critical' : 'medium'}`}><code>${visible(path)}</code> <${Foreign}>${message}<//></p>`,
    )}
    ${
      ends === null || ends.length === 0
        ? null
        : html`<section><h3>Where the issue ends</h3><${Facts} facts=${ends.map((/** @type {any} */ end) => [OUTCOME[end.outcome] ?? end.outcome, html`<span class=${end.because === 'undecided' ? 'tone high' : ''}><${Foreign}>${end.status ?? end.message}<//></span>`])} /></section>`
    }
    ${request === null ? html`<${NoPreview} issueKey=${issueKey} action=${decision.action} step=${outcome.step} />` : html`<${IssuePreview} request=${request} />`}
  </div>`;
}

/** @param {{ issueKey: string | null, action: string, step: string }} props */
function NoPreview({ issueKey, action, step }) {
  if (action !== 'issue') return null;
  const why =
    issueKey !== null
      ? html`It has <b><${Foreign}>${issueKey}<//></b>, so no issue is opened.`
      : html`No issue would be opened now: <code>${step}</code>.`;
  return html`<p class="soft">${why} To see the text of a new one, try a finding without an issue, or paste an event.</p>`;
}

/** @param {{ request: any }} props */
function IssuePreview({ request }) {
  const { summary, description, project, issuetype, priority, duedate, labels = [], ...others } = request.body.fields ?? {};
  const more = Object.entries(others);
  return html`<section class="issue-preview" aria-label="Preview of the issue">
    <p class="faint line-title"><${Icon} name="info" size=${15} />Preview of the issue</p>
    <h3><${Foreign}>${summary}<//></h3>
    <${Facts}
      facts=${[
        ['Project', named(project)],
        ['Type', named(issuetype)],
        ...(priority === undefined ? [] : [['Priority', named(priority)]]),
        ...(duedate === undefined ? [] : [['Due', duedate]]),
        [
          'Labels',
          html`<span class="chips">${labels.map((/** @type {string} */ label) => html`<span key=${label} class="badge quiet"><${Foreign}>${label}<//></span>`)}</span>`,
        ],
      ]}
    />
    <${Adf} node=${description} />
    ${more.length === 0 ? null : html`<details><summary>Other fields</summary><pre tabindex="0" aria-label="Other fields"><bdi>${visibleLines(JSON.stringify(others, null, 2))}</bdi></pre></details>`}
    <details><summary>The request</summary><pre tabindex="0" aria-label="The request"><bdi>${visibleLines(`${request.method} ${request.path}\n${JSON.stringify(request.body, null, 2)}`)}</bdi></pre></details>
  </section>`;
}

/** @param {any} value such as `{ key: "SEC" }` */
function named(value) {
  const name = value?.key ?? value?.name;
  return name === undefined
    ? html`<span class="faint">id <${Foreign}>${value?.id ?? ''}<//> in Jira</span>`
    : html`<${Foreign}>${name}<//>`;
}
