import { duration, number } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';

/** The few numbers that tell most. @param {{ seen: any, reports: any }} props */
export function FiguresRow({ seen, reports }) {
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
    ${reports === null ? null : html`<${ReportFigures} reports=${reports} />`}
    <${Figure} name="Lag" value=${late ? duration(seen.lagMs) : 'none'} tone=${seen.lagMs > 120_000 ? 'medium' : ''} hint=${`${number(seen.queueDepth)} waiting for a pass`} />
  </ul>`;
}

/** @param {{ reports: any }} props */
function ReportFigures({ reports }) {
  const { overdue = null, timeToFix = null } = reports.all ?? {};
  return html`${
    overdue === null
      ? null
      : html`<${Figure} name="Overdue" value=${number(overdue)} tone=${overdue === 0 ? '' : 'high'} hint="open past their due date" href=${linkTo('findings', [], { overdue: 'true' })} />`
  }
    ${timeToFix === null ? null : html`<${Figure} name="Time to fix" value=${duration(timeToFix.medianMs)} hint=${`90 % within ${duration(timeToFix.p90Ms)}`} />`}`;
}

/** @param {{ name: string, value: string, hint: string, tone?: string, href?: string }} props */
function Figure({ name, value, hint, tone = '', href }) {
  const inside = html`<span class="figure-name">${name}</span><b class=${`figure-value num ${tone === '' ? '' : `tone ${tone}`}`}>${value}</b><span class="figure-hint">${hint}</span>`;
  return html`<li class="figure">${href ? html`<a href=${href}>${inside}</a>` : html`<div>${inside}</div>`}</li>`;
}
