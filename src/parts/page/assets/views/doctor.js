import { get } from '../api.js';
import { Card, ViewHead } from '../components/card.js';
import { Icon } from '../components/icon.js';
import { Loading, ProblemBox } from '../components/states.js';
import { Foreign } from '../components/text.js';
import { Time } from '../components/time.js';
import { useLoad } from '../components/use-load.js';
import { plural, withLocalTimes } from '../format.js';
import { html } from '../html.js';

/** Parts outside the process, by the beginnings of the names of their checks. */
const PARTS = /** @type {readonly (readonly [string, RegExp])[]} */ ([
  ['Jira', /^jira/],
  ['SQS', /^sqs/],
  ['Store', /^store/],
  ['AWS', /./],
]);

/** The checks of everything outside the process: what is not right comes first, with its advice. */
export function View() {
  const { data, problem, loading, reload } = useLoad(
    async (signal) => ({ ...(await get('/api/v1/doctor', { signal })), at: new Date().toISOString() }),
    [],
  );
  const checks = data?.checks ?? [];
  const wrong = checks.filter((/** @type {any} */ { ok }) => !ok);
  return html`<div class="view">
    <${ViewHead} title="Doctor" hint=${data === null ? 'Jira, SQS, AWS and the store are being checked' : html`Checked <${Time} at=${data.at} />`}>
      <button type="button" class="button" disabled=${loading} onClick=${reload}><${Icon} name="retry" size=${15} />${loading ? 'Checking …' : 'Check again'}</button>
    <//>
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
    ${data === null && problem === null ? html`<div class="card"><${Loading} lines=${8} what="Checking; a part that does not answer takes up to 25 s" /></div>` : null}
    ${
      data === null
        ? null
        : html`<div class="stack">
          <section class=${`hero ${wrong.length === 0 ? 'good' : 'high'}`} role="status">
            <div class="hero-line">
              <span class="hero-mark"><${Icon} name=${wrong.length === 0 ? 'check' : 'alert'} size=${22} /></span>
              <div><h2>${wrong.length === 0 ? `All ${checks.length} checks are well` : `${plural(wrong.length, 'check')} of ${checks.length} ${wrong.length === 1 ? 'needs' : 'need'} a look`}</h2></div>
            </div>
          </section>
          ${wrong.length === 0 ? null : html`<${Card} title="What to do"><${Checks} checks=${wrong} /><//>`}
          <div class="halves">${partsOf(checks).map(([name, some]) => html`<${Card} key=${name} title=${name} hint=${healthOf(some)}><${Checks} checks=${some.filter(({ ok }) => ok)} /><//>`)}</div>
        </div>`
    }
  </div>`;
}

/** @param {readonly any[]} checks @returns {readonly (readonly [string, readonly any[]])[]} */
function partsOf(checks) {
  const parts = Map.groupBy(checks, ({ check }) => PARTS.find(([, names]) => names.test(check))?.[0] ?? 'AWS');
  return PARTS.flatMap(([name]) => {
    const some = parts.get(name);
    return some === undefined ? [] : [/** @type {const} */ ([name, some])];
  });
}

/** @param {readonly any[]} checks */
function healthOf(checks) {
  const wrong = checks.filter(({ ok }) => !ok).length;
  return wrong === 0 ? `${plural(checks.length, 'check')}, all well` : `${checks.length - wrong} of ${plural(checks.length, 'check')} well`;
}

/** @param {{ checks: readonly any[] }} props */
function Checks({ checks }) {
  if (checks.length === 0) return html`<p class="soft">None is well at the moment.</p>`;
  return html`<ul class="checks">
    ${checks.map(
      ({ check, ok, message, advice }, at) =>
        html`<li key=${`${check} ${at}`} class=${ok ? 'good' : 'high'}>
          <${Icon} name=${ok ? 'check' : 'alert'} />
          <div>
            <p><span class="sr-only">${ok ? 'Well' : 'Not right'}: </span>${withLocalTimes(message)}</p>
            ${advice === null ? null : html`<p class="advice">${withLocalTimes(advice)}.</p>`}
            <p class="faint"><code><${Foreign}>${check}<//></code></p>
          </div>
        </li>`,
    )}
  </ul>`;
}
