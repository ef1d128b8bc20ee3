import { ask, get } from '../api.js';
import { ViewHead } from '../components/card.js';
import { confirm } from '../components/confirm.js';
import { Icon } from '../components/icon.js';
import { Empty, Loading, ProblemBox } from '../components/states.js';
import { Foreign } from '../components/text.js';
import { Countdown, Time } from '../components/time.js';
import { More, usePages } from '../components/use-pages.js';
import { localTime, number, visible } from '../format.js';
import { html } from '../html.js';
import { status } from '../live.js';
import { linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { scopeText, untilOf } from './pauses/pause-ends.js';
import { PauseFields } from './pauses/pause-fields.js';

/** Pauses, each with its reason and its end. */
export function View() {
  const seen = useStore(status);
  const pauses = usePages('/api/v1/pauses', {}, [JSON.stringify(seen?.pauses)]);
  const held = seen?.mappings.held ?? 0;
  return html`<div class="view">
    <${ViewHead} title="Pauses" hint="Nothing is written to Jira in the scope of a pause; what it holds follows when it ends">
      ${mayAct('operator') ? html`<button type="button" class="button primary" onClick=${() => void setPause(null, pauses.reload)}><${Icon} name="pauses" size=${15} />Pause</button>` : null}
    <//>
    ${pauses.problem === null ? null : html`<${ProblemBox} problem=${pauses.problem} again=${pauses.reload} />`}
    ${!pauses.loaded && pauses.problem === null ? html`<${Loading} lines=${4} what="Loading the pauses" />` : null}
    ${pauses.loaded && pauses.items.length === 0 ? html`<div class="card"><${Empty} title="Nothing is paused" icon="play">Pause everything, a project or a rule before work on Jira, and say when it ends.<//></div>` : null}
    ${held === 0 ? null : html`<p class="note soft">Pauses and limits hold <a href=${linkTo('findings', [], { state: 'held' })}>${number(held)} ${held === 1 ? 'finding' : 'findings'}</a>.</p>`}
    ${pauses.items.length === 0 ? null : html`<section class="card flush"><ul class="lines">${pauses.items.map((pause) => html`<${Pause} key=${pause.scope} pause=${pause} reload=${pauses.reload} />`)}</ul><${More} pages=${pauses} /></section>`}
  </div>`;
}

/** @param {{ pause: any, reload: () => void }} props */
function Pause({ pause, reload }) {
  const { scope, by, reason, since, until, warning } = pause;
  return html`<li class="line">
    <div class="line-main">
      <p class="line-title"><b><${Foreign}>${scopeText(scope)}<//></b><span class="badge medium"><i class="dot" />${until === null ? 'Until it is lifted' : html`<span>Ends <${Countdown} at=${Date.parse(until)} /></span>`}</span></p>
      <p><${Foreign}>${reason}<//></p>
      ${warning === null ? null : html`<p class="tone medium"><${Foreign}>${warning}<//></p>`}
      <p class="faint line-facts">
        <span>by <${Foreign}>${by}<//></span><span>since <${Time} at=${since} /></span>${until === null ? null : html`<span>until <${Time} at=${until} relative=${false} /></span>`}
      </p>
    </div>
    ${
      mayAct('operator')
        ? html`<div class="line-actions">
          <button type="button" class="button" aria-label=${`Change: ${visible(scopeText(scope))}`} onClick=${() => void setPause(pause, reload)}>Change</button>
          <button type="button" class="button" aria-label=${`Lift: ${visible(scopeText(scope))}`} onClick=${() => lift(scope, reload)}><${Icon} name="play" size=${15} />Lift</button>
        </div>`
        : null
    }
  </li>`;
}

/** Sets a pause, or another reason and end of one. @param {any} pause null: a new one @param {() => void} after */
async function setPause(pause, after) {
  const rules = pause === null ? ((await get('/api/v1/rules').catch(() => null))?.rules ?? []) : [];
  confirm({
    title: pause === null ? 'Pause' : `Change the pause: ${visible(scopeText(pause.scope))}`,
    will: [
      'No issue in this scope is opened, changed or closed meanwhile. Findings are still accepted, so nothing is lost.',
      pause === null ? 'When the pause ends, what it held is done in order of severity.' : 'The new reason and end replace the old ones.',
    ],
    initial: {
      scope: pause?.scope ?? 'all',
      reason: pause?.reason ?? '',
      ends: pause?.until ? 'at' : 'PT1H',
      at: pause?.until ? localInput(pause.until) : '',
    },
    fields: (values, set) => html`<${PauseFields} values=${values} set=${set} rules=${rules} isNew=${pause === null} />`,
    ready: ({ reason = '', ends = '', at = '' }) => reason.trim() !== '' && untilOf(ends, at, Date.now()) !== undefined,
    label: pause === null ? 'Pause' : 'Change',
    run: async ({ scope = 'all', reason = '', ends = '', at = '' }) => {
      const until = untilOf(ends, at, Date.now()) ?? null;
      await ask('PUT', `/api/v1/pauses/${encodeURIComponent(scope)}`, { body: { reason: reason.trim(), until } });
      return { text: `${visible(scopeText(scope))}: paused${until === null ? '' : ` until ${localTime(until)}`}` };
    },
    after,
  });
}

/** @param {string} scope @param {() => void} after */
function lift(scope, after) {
  confirm({
    title: `Lift the pause: ${visible(scopeText(scope))}`,
    will: [
      'What it held is done now, in order of severity, as fast as Jira allows.',
      'Other pauses and limits go on holding what is theirs.',
    ],
    label: 'Lift',
    run: async () => ({ operation: (await ask('DELETE', `/api/v1/pauses/${encodeURIComponent(scope)}`)).data.id }),
    after,
  });
}

/** A time as the field for times has it, in local time. @param {string} iso */
function localInput(iso) {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
