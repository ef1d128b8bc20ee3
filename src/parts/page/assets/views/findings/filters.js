import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../../api.js';
import { Icon } from '../../components/icon.js';
import { useLoad } from '../../components/use-load.js';
import { visible } from '../../format.js';
import { html } from '../../html.js';
import { FINDING_STATUS, SEVERITY, STATE } from '../../words.js';
import { FILTER_NAMES } from './filter-names.js';

/** After the last key, ms. */
const TYPING_MS = 250;

/** Filters of which only a part is always in sight. The names are those of the API. */
const MORE = /** @type {const} */ ([
  ['accountId', 'Account', '111122223333'],
  ['region', 'Region', 'eu-central-1'],
  ['resourceType', 'Resource type', 'AWS::S3::Bucket'],
  ['issueKey', 'Issue', 'SEC-1'],
]);

/** The same as a click on the head of a column, which narrow screens do not show. */
const SORTS = [
  ['severity', 'most severe first'],
  ['resource', 'by resource'],
  ['account', 'by account and Region'],
  ['state', 'by state'],
  ['issue', 'by issue'],
  ['updated', 'last changed first'],
];

/** Filters whose value is always in sight. */
const IN_SIGHT = new Set(['q', 'state', 'severity', 'findingStatus']);

const NAMES = /** @type {Readonly<Record<string, string>>} */ ({
  q: 'Search',
  state: 'State',
  severity: 'Severity',
  findingStatus: 'In AWS',
  projectKey: 'Project',
  ruleId: 'Rule',
  isPublic: 'Public',
  overdue: 'Overdue',
  owner: 'Owner',
  group: 'Group',
  resource: 'Resource',
  ...Object.fromEntries(MORE.map(([name, title]) => [name, title])),
});

/** @param {{ query: Readonly<Record<string, string>>, set: (changes: Record<string, string | null>) => void }} props */
export function Filters({ query, set }) {
  const active = FILTER_NAMES.filter((name) => query[name] && !IN_SIGHT.has(name));
  const [more, setMore] = useState(false);
  const clear = () => set(Object.fromEntries(FILTER_NAMES.map((name) => [name, null])));
  return html`<section class="filters" aria-label="Filters">
    <div class="filter-line">
      <${Search} value=${query['q'] ?? ''} onChange=${(/** @type {string} */ q) => set({ q })} />
      <${Choice} name="State" value=${query['state']} words=${STATE} without=${['accepted']} onChange=${(/** @type {string} */ state) => set({ state })} />
      <${Choice} name="Severity" value=${query['severity']} words=${SEVERITY} onChange=${(/** @type {string} */ severity) => set({ severity })} />
      <${Choice} name="In AWS" value=${query['findingStatus']} words=${FINDING_STATUS} onChange=${(/** @type {string} */ findingStatus) => set({ findingStatus })} />
      <button type="button" class="button" aria-expanded=${more} onClick=${() => setMore(!more)}><${Icon} name="filter" size=${15} />More</button>
      ${FILTER_NAMES.some((name) => query[name]) ? html`<button type="button" class="button quiet" onClick=${clear}>Clear</button>` : null}
    </div>
    ${more ? html`<${MoreFilters} query=${query} set=${set} />` : null}
    ${
      active.length === 0
        ? null
        : html`<div class="active-filters">
          ${active.map(
            (name) =>
              html`<span key=${name} class="filter-chip">
                <span>${NAMES[name]}: <b><bdi>${visible(query[name])}</bdi></b></span>
                <button type="button" aria-label=${`Remove the filter ${NAMES[name]}`} onClick=${() => set({ [name]: null })}><${Icon} name="close" size=${12} /></button>
              </span>`,
          )}
        </div>`
    }
  </section>`;
}

/** @param {{ value: string, onChange: (value: string) => void }} props */
function Search({ value, onChange }) {
  const [typed, setTyped] = useState(value);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => {
    setTyped(value);
    return () => clearTimeout(timer.current);
  }, [value]);
  const type = (/** @type {string} */ next) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange(next.trim()), TYPING_MS);
  };
  return html`<label class="search">
    <span class="sr-only">Search by the beginning of a name, an ARN, an account, an id or an issue key</span>
    <${Icon} name="search" size=${16} />
    <input
      type="search"
      placeholder="Name, ARN, account or issue key"
      maxlength="2000"
      autocomplete="off"
      spellcheck=${false}
      value=${typed}
      onInput=${(/** @type {any} */ event) => type(event.currentTarget.value)}
    />
  </label>`;
}

/**
 * @param {{ name: string, value: string | undefined, words: Readonly<Record<string, import('../../words.js').Word>>, without?: readonly string[],
 *   onChange: (value: string) => void }} props
 */
function Choice({ name, value = '', words, without = [], onChange }) {
  return html`<select aria-label=${name} class=${value === '' ? '' : 'chosen'} value=${value} onChange=${(/** @type {any} */ event) => onChange(event.currentTarget.value)}>
    <option value="">${name}: any</option>
    ${Object.entries(words).map(([code, { word }]) => (without.includes(code) ? null : html`<option key=${code} value=${code}>${word}</option>`))}
    ${value === '' || Object.hasOwn(words, value) ? null : html`<option value=${value}>${value}</option>`}
  </select>`;
}

/** @param {{ query: Readonly<Record<string, string>>, set: (changes: Record<string, string | null>) => void }} props */
function MoreFilters({ query, set }) {
  const { data } = useLoad((signal) => get('/api/v1/rules', { signal }), []);
  const rules = data?.rules ?? [];
  const projects = [...new Set(rules.flatMap((/** @type {any} */ rule) => rule.issue?.project ?? []))].toSorted();
  const change = (/** @type {string} */ name) => (/** @type {any} */ event) => set({ [name]: event.currentTarget.value.trim() });
  return html`<div class="filter-more card">
    ${MORE.map(
      ([name, title, example]) =>
        html`<label key=${name} class="field"><span>${title}</span><input placeholder=${example} maxlength="2000" spellcheck=${false} value=${query[name] ?? ''} onChange=${change(name)} /></label>`,
    )}
    <label class="field"><span>Project</span><select value=${query['projectKey'] ?? ''} onChange=${change('projectKey')}>
      <option value="">any</option>
      ${projects.map((key) => html`<option key=${key} value=${key}>${visible(key)}</option>`)}
    </select></label>
    <label class="field"><span>Rule</span><select value=${query['ruleId'] ?? ''} onChange=${change('ruleId')}>
      <option value="">any</option>
      ${rules.map((/** @type {any} */ { id }) => html`<option key=${id} value=${id}>${visible(id).slice(0, 120)}</option>`)}
    </select></label>
    <label class="field"><span>Sort</span><select value=${query['sort'] ?? ''} onChange=${change('sort')}>
      <option value="">newest first</option>
      ${SORTS.map(([sort, title]) => html`<option key=${sort} value=${sort}>${title}</option>`)}
    </select></label>
    <label class="field"><span>Due date</span><select value=${query['overdue'] ?? ''} onChange=${change('overdue')}>
      <option value="">any</option>
      <option value="true">overdue</option>
      <option value="false">not overdue</option>
    </select></label>
    <label class="field"><span>Open to everyone</span><select value=${query['isPublic'] ?? ''} onChange=${change('isPublic')}>
      <option value="">any</option>
      <option value="true">yes</option>
      <option value="false">no</option>
      <option value="unknown">not said</option>
    </select></label>
  </div>`;
}
