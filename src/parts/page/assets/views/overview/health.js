import { releaseHeld } from '../../actions.js';
import { Meter } from '../../components/bars.js';
import { Card, Facts } from '../../components/card.js';
import { Icon } from '../../components/icon.js';
import { Empty } from '../../components/states.js';
import { Table } from '../../components/table.js';
import { Foreign } from '../../components/text.js';
import { Countdown, Time } from '../../components/time.js';
import { duration, number, plural } from '../../format.js';
import { html } from '../../html.js';
import { mayAct } from '../../session.js';

/** How work flows from AWS to Jira. @param {{ seen: any }} props */
export function PipelineCard({ seen }) {
  const { governor, queues, queueDepth, lagMs, store, jira, details } = seen;
  const waiting = queues.reduce((/** @type {number} */ sum, /** @type {any} */ queue) => sum + (queue.waiting ?? 0), 0);
  const silent = queues.filter((/** @type {any} */ queue) => queue.waiting === null).length;
  return html`<${Card} title="From AWS to Jira">
    <${Facts}
      facts=${[
        [
          'Messages in SQS',
          silent > 0
            ? html`<span class="tone critical">${plural(silent, 'queue')} without an answer</span>`
            : html`<span class="num">${number(waiting)} waiting</span>`,
        ],
        ['Waiting for a pass', html`<span class="num">${number(queueDepth)}</span>`],
        ['Longest wait', lagMs === 0 ? 'none' : html`<span class=${lagMs > 120_000 ? 'tone medium' : ''}>${duration(lagMs)}</span>`],
        [
          'Details from AWS',
          details.wanted + details.missing === 0
            ? 'all there'
            : `${number(details.wanted)} requested, ${number(details.missing)} without an answer`,
        ],
        ['Calls to Jira', html`<span class="num">${governor.inFlight} in flight, ${governor.waiting} waiting</span>`],
        ['Rate', html`<${Rate} governor=${governor} />`],
        [
          'Token',
          html`<span class=${jira.token === 'accepted' ? '' : 'tone critical'}>${jira.token === 'accepted' ? 'accepted' : jira.message}</span>`,
        ],
        ['Store', html`<span title=${store.durability}>${store.kind}${store.trusted ? '' : ', being checked'}</span>`],
      ]}
    />
  <//>`;
}

/** @param {{ governor: any }} props */
function Rate({ governor }) {
  const windows = governor.retryAfterWindows;
  if (windows.length === 0) return html`<span class="num">up to ${governor.callsPerSecond.of} a second</span>`;
  return html`<ul>
    ${windows.map(
      (/** @type {any} */ { scope, of, leftMs }) =>
        html`<li key=${`${scope}${of}`} class="tone medium">
          limited${scope === 'all' ? '' : html` for <${Foreign} mono>${of}<//>`}, resumes <${Countdown} at=${Date.now() + leftMs} />
        </li>`,
    )}
  </ul>`;
}

/** @param {{ seen: any }} props */
export function LimitsCard({ seen }) {
  const { limits, pauses, mappings } = seen;
  const held = mappings.held ?? 0;
  if (limits.length === 0 && pauses.length === 0) return null;
  const release = html`<button type="button" class="button" onClick=${() => releaseHeld({})}><${Icon} name="release" size=${15} />Release</button>`;
  return html`<${Card} title="Limits and pauses" more=${held > 0 && mayAct('operator') ? release : null}>
    <div class="stack">
      ${limits.map(
        (/** @type {any} */ { kind, perHour, openedLastHour, held: kept, roomAt }) =>
          html`<div key=${kind} class="limit">
            <div class="limit-line">
              <span>${kind === 'backlog' ? 'Findings from before' : 'New findings'}</span>
              <b class="num">${number(openedLastHour)} of ${number(perHour)} an hour</b>
            </div>
            <${Meter} used=${openedLastHour} of=${perHour} label=${`Openings of ${kind} findings`} />
            <p class="faint">${kept === 0 ? 'Nothing held' : html`${number(kept)} held${roomAt === null ? '' : html`, next <${Countdown} at=${Date.parse(roomAt)} />`}`}</p>
          </div>`,
      )}
      ${pauses.length === 0 ? null : html`<p class="tone medium">Paused: ${pauses.map((/** @type {string} */ scope, /** @type {number} */ at) => html`${at === 0 ? '' : ', '}<${Foreign} mono>${scope}<//>`)}</p>`}
    </div>
  <//>`;
}

/** @param {{ seen: any }} props */
export function SweepCard({ seen }) {
  const { lastSweep, lastFindingsSweep } = seen;
  return html`<${Card} title="Last sweep" hint="What events had missed">
    ${
      lastSweep === null && lastFindingsSweep === null
        ? html`<${Empty} title="No sweep has ended yet" icon="sweeps">The first one follows soon after the start.<//>`
        : html`<div class="stack">
          ${lastFindingsSweep === null ? null : html`<${Drift} title="AWS" at=${lastFindingsSweep.at} sentence=${awsDrift(lastFindingsSweep)} />`}
          ${lastSweep === null ? null : html`<${Drift} title="Jira" at=${lastSweep.at} sentence=${jiraDrift(lastSweep)} />`}
        </div>`
    }
  <//>`;
}

/** @param {{ title: string, at: string, sentence: string }} props */
function Drift({ title, at, sentence }) {
  return html`<div class="drift"><b>${title}</b><span class="faint"><${Time} at=${at} /></span><p>${sentence}</p></div>`;
}

/** @param {any} swept */
function awsDrift({ listed, added, changed, missing, complete, of }) {
  const drift = [
    [added, 'had brought no event'],
    [changed, 'had changed'],
    [missing, 'missing in AWS'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${number(Number(count))} ${what}`]));
  const scope = `${plural(listed, 'finding')} in ${complete} of ${plural(of, 'analyzer')}`;
  return `${scope}: ${drift.length === 0 ? 'no drift' : drift.join(', ')}.`;
}

/** @param {any} swept */
function jiraDrift({ found, restored, duplicatesClosed, missing = 0, deleted = 0 }) {
  const drift = [
    [restored, 'read back'],
    [duplicatesClosed, 'duplicates closed'],
    [missing, 'not shown by Jira'],
    [deleted, 'deleted'],
  ].flatMap(([count, what]) => (count === 0 ? [] : [`${number(Number(count))} ${what}`]));
  return `${plural(found, 'issue')}: ${drift.length === 0 ? 'no drift' : drift.join(', ')}.`;
}

/** @param {{ seen: any }} props */
export function CoverageCard({ seen }) {
  const { regions } = seen.coverage;
  if (regions.length === 0) return null;
  return html`<${Card} title="Coverage by Region" hint="Which Regions send events, and which are listed" className="full">
    <${Table}
      caption="Coverage by Region"
      rows=${regions}
      keyOf=${(/** @type {any} */ { region }) => region}
      columns=${[
        { name: 'Region', cell: (/** @type {any} */ { region }) => html`<b class="nowrap"><${Foreign}>${region}<//></b>` },
        { name: 'Analyzers', cell: (/** @type {any} */ { analyzers }) => html`<${Analyzers} analyzers=${analyzers} />` },
        {
          name: 'Last event',
          cell: (/** @type {any} */ { lastEventAt }) =>
            lastEventAt === null ? html`<span class="faint">none yet</span>` : html`<${Time} at=${lastEventAt} />`,
        },
        {
          name: 'Last listing',
          cell: (/** @type {any} */ { lastListingAt }) =>
            lastListingAt === null ? html`<span class="faint">none yet</span>` : html`<${Time} at=${lastListingAt} />`,
        },
        {
          name: 'Drift',
          cell: (/** @type {any} */ { mismatch, problem }) => html`<${Mismatch} mismatch=${mismatch} problem=${problem} />`,
        },
      ]}
    />
  <//>`;
}

/** @param {{ analyzers: Record<string, number> }} props */
function Analyzers({ analyzers }) {
  const entries = Object.entries(analyzers);
  if (entries.length === 0) return html`<span class="faint">none</span>`;
  return html`<span class="chips">${entries.map(([type, count]) => html`<span key=${type} class="badge quiet" title=${type}>${count} ${type.toLowerCase().replaceAll('_', ' ')}</span>`)}</span>`;
}

/** @param {{ mismatch: any, problem: any }} props */
function Mismatch({ mismatch, problem }) {
  if (problem !== null) return html`<span class="tone high"><${Foreign}>${problem.message}<//> (${problem.code})</span>`;
  const { added, changed, missing } = mismatch;
  const drift = Object.entries({ added, changed, missing }).flatMap(([what, count]) => (count === 0 ? [] : [`${number(count)} ${what}`]));
  return drift.length === 0 ? html`<span class="faint">none</span>` : html`<span class="num">${drift.join(', ')}</span>`;
}
