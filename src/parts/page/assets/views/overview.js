import { releaseHeld, retryFailures } from '../actions.js';
import { get } from '../api.js';
import { noticesOf, sentenceOf } from '../attention.js';
import { ShareBar } from '../components/bars.js';
import { Card, ViewHead } from '../components/card.js';
import { Icon } from '../components/icon.js';
import { Loading } from '../components/states.js';
import { Foreign } from '../components/text.js';
import { Countdown, useTick } from '../components/time.js';
import { useLoad } from '../components/use-load.js';
import { plural, withLocalTimes } from '../format.js';
import { html } from '../html.js';
import { status } from '../live.js';
import { linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { firstOpen } from '../views.js';
import { STATE } from '../words.js';
import { CoverageCard, LimitsCard, PipelineCard, SweepCard } from './overview/health.js';
import { FiguresRow } from './overview/figures.js';
import { ChartCard, SeverityCard } from './overview/reports.js';

/** The service keeps a report for this long, ms. */
const REPORT_MS = 60_000;

/** What a person sees first: whether all is well, and if not, what to do. */
export function View() {
  const seen = useStore(status);
  const causes = useLoad(
    async (signal) => (seen && seen.failures > 0 ? (await get('/api/v1/failures/causes', { signal })).items : []),
    [seen?.failures],
  );
  const days = useLoad(
    async (signal) => (await get('/api/v1/activity', { query: { days: 30 }, signal })).items,
    [seen?.issues.open, seen?.issues.closed],
  );
  const report = useLoad(async (signal) => await get('/api/v1/reports', { signal }), [useTick(REPORT_MS)]);
  if (seen === null) {
    return html`<div class="view"><${ViewHead} title="Overview" /><${Loading} lines=${8} what="Loading the status" /></div>`;
  }
  const notices = noticesOf(seen, causes.data ?? [], Date.now());
  return html`<div class="view overview">
    <${ViewHead} title="Overview" hint=${seen.mode === 'observe' ? 'Observing: nothing is written to Jira' : null} />
    <${Hero} seen=${seen} notices=${notices} reload=${causes.reload} />
    <${FiguresRow} seen=${seen} total=${report.data?.total ?? null} />
    <div class="grid">
      <${ChartCard} days=${days.data} problem=${days.problem} />
      <${StatesCard} seen=${seen} />
      <${SeverityCard} report=${report.data} problem=${report.problem} />
      <${PipelineCard} seen=${seen} />
      <div class="column"><${LimitsCard} seen=${seen} /><${SweepCard} seen=${seen} /></div>
      <${CoverageCard} seen=${seen} />
    </div>
  </div>`;
}

/** @param {{ seen: any, notices: readonly import('../attention.js').Notice[], reload: () => void }} props */
function Hero({ seen, notices, reload }) {
  const [first, ...others] = notices;
  const tone = first?.tone ?? 'good';
  return html`<section class=${`hero ${tone}`} aria-labelledby="hero-sentence">
    <div class="hero-line">
      <span class="hero-mark"><${Icon} name=${first === undefined ? 'check' : 'alert'} size=${22} /></span>
      <div>
        <h2 id="hero-sentence">${withLocalTimes(sentenceOf(seen, notices))}</h2>
        ${
          first === undefined
            ? null
            : html`<p class="hero-advice">${withLocalTimes(first.advice)}${first.until === undefined ? null : html` Goes on <${Countdown} at=${first.until} />.`}</p>`
        }
      </div>
      ${first === undefined ? null : html`<${NoticeActions} notice=${first} main reload=${reload} />`}
    </div>
    <${Others} notices=${others} reload=${reload} />
  </section>`;
}

/** So many further notices are in sight at once. */
const IN_SIGHT = 2;

/** @param {{ notices: readonly import('../attention.js').Notice[], reload: () => void }} props */
function Others({ notices, reload }) {
  if (notices.length === 0) return null;
  const [seen, more] = [notices.slice(0, IN_SIGHT), notices.slice(IN_SIGHT)];
  const list = (/** @type {readonly import('../attention.js').Notice[]} */ some) =>
    html`<ul class="notices">${some.map((notice) => html`<${Further} key=${notice.id} notice=${notice} reload=${reload} />`)}</ul>`;
  return html`${list(seen)}
    ${more.length === 0 ? null : html`<details class="more-notices"><summary>${plural(more.length, 'more thing')} to look at</summary>${list(more)}</details>`}`;
}

/** @param {{ notice: import('../attention.js').Notice, reload: () => void }} props */
function Further({ notice, reload }) {
  const { tone, title, advice, until } = notice;
  return html`<li class=${tone}>
    <i class="dot" />
    <div>
      <b>${withLocalTimes(title)}</b>
      <span class="soft">${withLocalTimes(advice)}${until === undefined ? null : html` Goes on <${Countdown} at=${until} />.`}</span>
    </div>
    <${NoticeActions} notice=${notice} reload=${reload} />
  </li>`;
}

/** @param {{ notice: import('../attention.js').Notice, main?: boolean, reload: () => void }} props */
function NoticeActions({ notice, main = false, reload }) {
  const open = firstOpen(notice.goes);
  const act = mayAct('operator') ? notice.act : undefined;
  const button = main ? 'button primary' : 'button';
  return html`<div class="notice-actions">
    ${open === null ? null : html`<a class="button quiet" href=${linkTo(open[0], [], open[1] ?? {})}>Show</a>`}
    ${
      act === 'retry'
        ? html`<button type="button" class=${button} onClick=${() => retryFailures(notice.code === undefined ? {} : { code: notice.code }, reload)}>
          <${Icon} name="retry" size=${15} />Retry ${notice.count}
        </button>`
        : null
    }
    ${
      act === 'release'
        ? html`<button type="button" class=${button} onClick=${() => releaseHeld({}, reload)}><${Icon} name="release" size=${15} />Release ${notice.count}</button>`
        : null
    }
  </div>`;
}

/** @param {{ seen: any }} props */
function StatesCard({ seen }) {
  const parts = Object.entries(STATE).flatMap(([state, { word, tone, hint }]) => {
    const count = seen.mappings[state] ?? 0;
    return count === 0 && !['open', 'failed', 'closed'].includes(state)
      ? []
      : [{ name: word, count, tone, title: hint, href: linkTo('findings', [], { state }) }];
  });
  return html`<${Card} title="Findings by state" more=${html`<a href=${linkTo('findings')}>All findings</a>`}>
    <${ShareBar} label="Findings by state" parts=${parts} />
    ${
      Object.keys(seen.wouldOpen).length === 0
        ? null
        : html`<p class="soft would">Live mode would open ${Object.entries(seen.wouldOpen).map(
            ([project, count], at) =>
              html`<span key=${project}>${at === 0 ? '' : ', '}<b>${String(count)}</b> in <${Foreign}>${project}<//></span>`,
          )}.</p>`
    }
  <//>`;
}
