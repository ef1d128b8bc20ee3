import { days, duration, number, plural } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';

/** The few numbers that tell most. @param {{ seen: any, total: any }} props `total`: the figures of all issues; null: not there yet */
export function FiguresRow({ seen, total }) {
  const late = seen.lagMs > 0;
  return html`<ul class="figures">
    <${Figure} name="Open issues" value=${number(seen.issues.open)} hint=${`${number(seen.issues.closed)} closed so far`} href=${linkTo('findings', [], { state: 'open' })} />
    <${Figure}
      name="Failures"
      value=${number(seen.failures)}
      tone=${seen.failures === 0 ? '' : 'critical'}
      hint=${seen.failures === 0 ? 'nothing is stuck' : 'retried by themselves'}
      href=${linkTo('findings', [], { state: 'failed' })}
    />
    <${Figure}
      name="Held"
      value=${number(seen.mappings.held ?? 0)}
      tone=${seen.mappings.held ? 'medium' : ''}
      hint=${seen.pauses.length === 0 ? 'by limits' : 'by pauses and limits'}
      href=${linkTo('findings', [], { state: 'held' })}
    />
    <${OverdueFigure} total=${total} /><${FixFigure} total=${total} />
    <${Figure} name="Lag" value=${late ? duration(seen.lagMs) : 'none'} tone=${seen.lagMs > 120_000 ? 'medium' : ''} hint=${`${number(seen.queueDepth)} waiting for a pass`} />
  </ul>`;
}

/** @param {{ total: any }} props */
function OverdueFigure({ total }) {
  const overdue = total?.overdue ?? null;
  return html`<${Figure}
    name="Overdue"
    value=${overdue === null ? '–' : number(overdue)}
    tone=${overdue ? 'high' : ''}
    hint="open past their due date"
    href=${linkTo('findings', [], { overdue: 'true' })}
  />`;
}

/** @param {{ total: any }} props */
function FixFigure({ total }) {
  const spread = total?.timeToFix ?? null;
  const hint =
    spread === null ? 'no fix in the last 90 days' : `median of ${plural(spread.of, 'fix', 'fixes')}; 90\u00a0% in ${days(spread.p90)}`;
  return html`<${Figure} name="Time to fix" value=${spread === null ? '–' : days(spread.median)} hint=${total === null ? 'loading' : hint} />`;
}

/** @param {{ name: string, value: string, hint: string, tone?: string, href?: string }} props */
function Figure({ name, value, hint, tone = '', href }) {
  const inside = html`<span class="figure-name">${name}</span><b class=${`figure-value num ${tone === '' ? '' : `tone ${tone}`}`}>${value}</b><span class="figure-hint">${hint}</span>`;
  return html`<li class="figure">${href ? html`<a href=${href}>${inside}</a>` : html`<div>${inside}</div>`}</li>`;
}
