import { useEffect, useState } from 'preact/hooks';
import { ViewHead } from '../components/card.js';
import { Icon } from '../components/icon.js';
import { Empty, Loading, ProblemBox } from '../components/states.js';
import { Foreign } from '../components/text.js';
import { More, usePages } from '../components/use-pages.js';
import { bothTimes, localDay, localSeconds, visible, visibleLines } from '../format.js';
import { html } from '../html.js';
import { go, linkTo } from '../router.js';

const FILTERS = /** @type {const} */ ([
  ['actor', 'Person', 'local'],
  ['action', 'Action', 'rules.saved'],
  ['target', 'Target', 'project:SEC'],
]);

/** Every change made through the API, the newest first. The filters are in the address. @param {{ route: import('../router.js').Route }} props */
export function View({ route: { query } }) {
  const filter = Object.fromEntries(FILTERS.map(([name]) => [name, query[name]]));
  const entries = usePages('/api/v1/audit', filter, []);
  const filtered = FILTERS.some(([name]) => query[name]);
  const days = Map.groupBy(entries.items, ({ at }) => localDay(at));
  return html`<div class="view">
    <${ViewHead} title="Audit" hint="Every change made through the API, the newest first">
      <button type="button" class="button" disabled=${entries.loading} onClick=${entries.reload}><${Icon} name="retry" size=${15} />Load again</button>
    <//>
    <${Filters} key=${JSON.stringify(filter)} filter=${filter} />
    ${entries.problem === null ? null : html`<${ProblemBox} problem=${entries.problem} again=${entries.reload} />`}
    ${!entries.loaded && entries.problem === null ? html`<${Loading} lines=${8} what="Loading the audit" />` : null}
    ${entries.loaded && entries.items.length === 0 ? html`<div class="card"><${Empty} title=${filtered ? 'No change matches' : 'No change yet'} icon="audit">${filtered ? html`<a href=${linkTo('audit')}>Show all</a>` : null}<//></div>` : null}
    ${[...days].map(
      ([day, some]) =>
        html`<section key=${day} class="audit-day"><h2>${day}</h2>
          <ul class="card flush lines">${some.map((entry) => html`<${Entry} key=${entry.id} entry=${entry} />`)}</ul>
        </section>`,
    )}
    <${More} pages=${entries} />
  </div>`;
}

/** @param {{ filter: Readonly<Record<string, string | undefined>> }} props */
function Filters({ filter }) {
  const [values, setValues] = useState(filter);
  useEffect(() => setValues(filter), [JSON.stringify(filter)]);
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    go(linkTo('audit', [], values));
  };
  return html`<form class="filters audit-filters" aria-label="Filters" onSubmit=${onSubmit}>
    ${FILTERS.map(
      ([name, title, example]) =>
        html`<label key=${name} class="field"><span>${title}</span>
          <input value=${values[name] ?? ''} placeholder=${example} autocomplete="off" spellcheck=${false} onInput=${(/** @type {any} */ event) => setValues({ ...values, [name]: event.currentTarget.value.trim() })} />
        </label>`,
    )}
    <button type="submit" class="button"><${Icon} name="filter" size=${15} />Filter</button>
  </form>`;
}

/** @param {{ entry: any }} props */
function Entry({ entry: { at, actor, action, path, target, before, after, requestId } }) {
  return html`<li class="line">
    <time class="faint num" datetime=${at} title=${bothTimes(at)}>${localSeconds(at)}</time>
    <div class="line-main">
      <p class="line-title">
        <a href=${linkTo('audit', [], { actor })} title="Only changes of this person"><${Foreign}>${actor}<//></a>
        <a class="badge quiet" href=${linkTo('audit', [], { action })} title="Only this action">${visible(action)}</a>
        <span class="audit-target"><${Foreign}>${target}<//></span>
      </p>
      <details>
        <summary>Before and after</summary>
        <div class="halves sides"><${Side} title="Before" value=${before} /><${Side} title="After" value=${after} /></div>
        <p class="faint"><code><${Foreign}>${path}<//></code> · request <code><${Foreign}>${requestId}<//></code></p>
      </details>
    </div>
  </li>`;
}

/** @param {{ title: string, value: unknown }} props */
function Side({ title, value }) {
  return html`<div><h3>${title}</h3>${value === null ? html`<p class="faint">nothing</p>` : html`<pre tabindex="0" aria-label=${title}><bdi>${visibleLines(JSON.stringify(value, null, 2))}</bdi></pre>`}</div>`;
}
