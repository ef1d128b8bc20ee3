import { retryFailures } from '../actions.js';
import { ask, get } from '../api.js';
import { ViewHead } from '../components/card.js';
import { confirm } from '../components/confirm.js';
import { Icon } from '../components/icon.js';
import { Empty, Loading, ProblemBox } from '../components/states.js';
import { Foreign, IssueLink } from '../components/text.js';
import { Countdown, Time } from '../components/time.js';
import { useLoad } from '../components/use-load.js';
import { More, usePages } from '../components/use-pages.js';
import { number, plural, resourceName, visible, withLocalTimes } from '../format.js';
import { html } from '../html.js';
import { status } from '../live.js';
import { linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { failureText } from './failures/failure-words.js';

/** What is stuck, by cause, with what to do about it. The chosen cause and project are in the address. @param {{ route: import('../router.js').Route }} props */
export function View({ route: { query } }) {
  const { code, projectKey } = query;
  const failures = useStore(status)?.failures;
  const causes = useLoad(async (signal) => (await get('/api/v1/failures/causes', { signal })).items, [failures]);
  const stuck = usePages('/api/v1/failures', { code, projectKey }, [failures]);
  const reload = () => {
    causes.reload();
    stuck.reload();
  };
  const known = causes.data ?? [];
  const count = known.reduce((/** @type {number} */ sum, /** @type {any} */ cause) => sum + cause.failures, 0);
  const problem = causes.problem ?? stuck.problem;
  return html`<div class="view">
    <${ViewHead} title="Failures" hint=${causes.data === null ? null : count === 0 ? 'Nothing is stuck' : `${plural(count, 'issue')} cannot be written; each is tried again by itself`}>
      ${
        count > 0 && mayAct('operator')
          ? html`<button type="button" class="button" onClick=${() => retryFailures({}, reload)}><${Icon} name="retry" size=${15} />Retry all</button>`
          : null
      }
    <//>
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
    ${causes.data === null && causes.problem === null ? html`<${Loading} lines=${6} what="Loading the failures" />` : null}
    ${causes.data !== null && count === 0 ? html`<div class="card"><${Empty} title="Nothing is stuck">What Jira refuses appears here by its cause, with what to do about it.<//></div>` : null}
    ${
      known.length === 0
        ? null
        : html`<ul class="causes">${known.map((/** @type {any} */ cause) => html`<${Cause} key=${cause.code} cause=${cause} chosen=${cause.code === code} reload=${reload} />`)}</ul>`
    }
    ${count === 0 ? null : html`<${Stuck} stuck=${stuck} code=${code} projectKey=${projectKey} reload=${reload} />`}
  </div>`;
}

/** @param {{ cause: any, chosen: boolean, reload: () => void }} props */
function Cause({ cause: { code, advice, failures }, chosen, reload }) {
  return html`<li class=${`card cause critical ${chosen ? 'chosen' : ''}`}>
    <b class="cause-count num tone">${number(failures)}</b>
    <div class="cause-text">
      <h2>${failureText(code)}</h2>
      <p class="soft">${advice}.</p>
      <p class="faint"><code>${code}</code></p>
    </div>
    <div class="cause-actions">
      <a class="button quiet" href=${linkTo('failures', [], { code: chosen ? null : code })} aria-label=${chosen ? 'Show all causes' : `Show these failures: ${failureText(code)}`}>${chosen ? 'Show all' : 'Show these'}</a>
      ${
        mayAct('operator')
          ? html`<button type="button" class="button primary" onClick=${() => retryFailures({ code }, reload)}><${Icon} name="retry" size=${15} />Retry ${number(failures)}</button>`
          : null
      }
    </div>
  </li>`;
}

/** @param {{ stuck: ReturnType<typeof usePages>, code: string | undefined, projectKey: string | undefined, reload: () => void }} props */
function Stuck({ stuck, code, projectKey, reload }) {
  const chosen = [
    ...(code === undefined ? [] : [failureText(code)]),
    ...(projectKey === undefined ? [] : [`project ${visible(projectKey)}`]),
  ];
  return html`<section class="card flush stuck">
    <header class="card-head">
      <div><h2>${chosen.length === 0 ? 'Each failure' : `Each failure: ${chosen.join(', ')}`}</h2><p class="faint">The newest first</p></div>
      ${chosen.length === 0 ? null : html`<a href=${linkTo('failures')}>Show all</a>`}
    </header>
    ${!stuck.loaded && stuck.problem === null ? html`<div class="pad"><${Loading} lines=${4} what="Loading the failures" /></div>` : null}
    ${stuck.loaded && stuck.items.length === 0 ? html`<${Empty} title="None of these is stuck" />` : null}
    <ul class="lines">${stuck.items.map((failure) => html`<${One} key=${failure.id} failure=${failure} reload=${reload} />`)}</ul>
    <${More} pages=${stuck} />
  </section>`;
}

/** @param {{ failure: any, reload: () => void }} props */
function One({ failure, reload }) {
  const { code, reason, words, projectKey, ruleId, issue, findings, findingIds, resource, attempts, failedAt, nextTryAt } = failure;
  const [first] = findingIds;
  const name = resource === null ? 'Unknown resource' : resourceName(resource);
  const shown = html`<${Foreign}>${name.slice(0, 200)}<//>`;
  return html`<li class="line">
    <div class="line-main">
      <p class="line-title">
        ${first === undefined ? html`<b>${shown}</b>` : html`<a href=${linkTo('findings', [first])} title=${visible(resource ?? '').slice(0, 400)}>${shown}</a>`}
        ${projectKey === null ? null : html`<a class="badge quiet" href=${linkTo('failures', [], { code, projectKey })} title="Only failures of this project"><${Foreign}>${projectKey}<//></a>`}
        ${issue === null ? html`<span class="faint">no issue yet</span>` : html`<${IssueLink} issue=${issue} />`}
        ${findings > 1 ? html`<span class="faint">${plural(findings, 'finding')}</span>` : null}
      </p>
      <p>${withLocalTimes(reason)}</p>
      ${words === null ? null : html`<p class="words">Jira says: <q><${Foreign}>${words}<//></q></p>`}
      <p class="faint line-facts">
        <span>Failed <${Time} at=${failedAt} /></span>
        <span>${plural(attempts, 'try', 'tries')}</span>
        <span>next ${nextTryAt === null ? 'now' : html`<${Countdown} at=${Date.parse(nextTryAt)} />`}</span>
        ${ruleId === null ? null : html`<span>rule <a href=${linkTo('rules', [], { rule: ruleId })}><${Foreign}>${ruleId}<//></a></span>`}
      </p>
    </div>
    ${
      mayAct('operator')
        ? html`<button type="button" class="button" aria-label=${`Retry ${visible(name).slice(0, 80)}`} onClick=${() => retryOne(failure, name, reload)}><${Icon} name="retry" size=${15} />Retry</button>`
        : null
    }
  </li>`;
}

/** @param {any} failure @param {string} name @param {() => void} reload */
function retryOne({ id, issue, advice }, name, reload) {
  confirm({
    title: 'Retry this failure',
    will: [
      html`<span><${Foreign}>${name.slice(0, 200)}<//> is tried again now instead of at its next time.</span>`,
      issue === null
        ? 'If Jira takes it, its issue is opened.'
        : html`<span>If Jira takes it, <b><${Foreign}>${issue.key}<//></b> is brought up to date.</span>`,
      `It fails again unless the cause is gone: ${advice}.`,
    ],
    label: 'Retry',
    run: async () => {
      await ask('POST', `/api/v1/failures/${encodeURIComponent(id)}/retry`);
      return { text: 'Retry requested' };
    },
    after: reload,
  });
}
