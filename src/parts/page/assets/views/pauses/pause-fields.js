import { html } from '../../html.js';
import { localTime, visible } from '../../format.js';
import { ENDS, untilOf } from './pause-ends.js';

/** @param {{ values: Record<string, string>, set: (name: string, value: string) => void, rules: readonly any[], isNew: boolean }} props */
export function PauseFields({ values, set, rules, isNew }) {
  const { scope = 'all', reason = '', ends = '', at = '' } = values;
  const on = (/** @type {string} */ name) => (/** @type {any} */ event) => set(name, event.currentTarget.value);
  const until = untilOf(ends, at, Date.now());
  return html`<div class="stack">
    ${isNew ? html`<label class="field"><span>Scope</span><select value=${scope} onChange=${on('scope')}>${scopes(rules)}</select></label>` : null}
    <label class="field"><span>Reason, for other people</span><input required maxlength="1000" autocomplete="off" value=${reason} onInput=${on('reason')} placeholder="Maintenance of Jira" /></label>
    <label class="field"><span>Ends</span>
      <select value=${ends} onChange=${on('ends')}>
        ${Object.entries(ENDS).map(([id, [name]]) => html`<option key=${id} value=${id}>${name}</option>`)}
        <option value="at">At a time …</option>
        <option value="never">Not by itself</option>
      </select>
    </label>
    ${ends === 'at' ? html`<label class="field"><span>Time, local</span><input type="datetime-local" required value=${at} onInput=${on('at')} /></label>` : null}
    <p class="plan">${until === undefined ? 'Choose a time to come.' : until === null ? 'It holds until a person lifts it.' : `It ends by itself on ${localTime(until)}.`}</p>
  </div>`;
}

/** @param {readonly any[]} rules */
function scopes(rules) {
  const projects = [...new Set(rules.flatMap((rule) => (rule.action === 'issue' ? [rule.issue.project] : [])))].toSorted();
  return html`<option value="all">Everything</option>
    ${projects.length === 0 ? null : html`<optgroup label="A project">${projects.map((key) => html`<option key=${key} value=${`project:${key}`}>Project ${visible(key)}</option>`)}</optgroup>`}
    ${rules.length === 0 ? null : html`<optgroup label="A rule">${rules.map(({ id }) => html`<option key=${id} value=${`rule:${id}`}>Rule ${visible(id)}</option>`)}</optgroup>`}`;
}
