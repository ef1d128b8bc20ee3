import { html } from '../../html.js';
import { localTime, visible } from '../../format.js';

const HOUR_MS = 3_600_000;

/** Ends from which a person chooses, ms from now. */
const ENDS = /** @type {Readonly<Record<string, readonly [name: string, ms: number]>>} */ ({
  PT1H: ['In an hour', HOUR_MS],
  PT4H: ['In 4 hours', 4 * HOUR_MS],
  P1D: ['In a day', 24 * HOUR_MS],
  P7D: ['In a week', 168 * HOUR_MS],
});

/** @param {string} scope such as `project:SEC` */
export function scopeText(scope) {
  if (scope === 'all') return 'Everything';
  const at = scope.indexOf(':');
  return `${{ rule: 'Rule', project: 'Project' }[scope.slice(0, at)] ?? scope.slice(0, at)} ${scope.slice(at + 1)}`;
}

/**
 * When a pause ends by itself.
 * @param {string} ends one of the choices, `at` or `never` @param {string} at local time, as the field has it @param {number} now epoch ms
 * @returns {string | null | undefined} null: when it is lifted; undefined: not a time to come
 */
export function untilOf(ends, at, now) {
  if (ends === 'never') return null;
  const until = Object.hasOwn(ENDS, ends) ? now + (ENDS[ends]?.[1] ?? 0) : Date.parse(at);
  return until > now ? new Date(until).toISOString() : undefined;
}

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
