import { Severity } from '../../components/badge.js';
import { Card } from '../../components/card.js';
import { DayChart } from '../../components/day-chart.js';
import { Empty, Loading, ProblemBox } from '../../components/states.js';
import { days as daysText, number } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';
import { SEVERITIES } from '../../words.js';

/** Opened and closed over the last thirty days. @param {{ days: readonly any[] | null, problem: unknown }} props */
export function ChartCard({ days, problem }) {
  return html`<${Card} title="Opened and closed" hint="Issues a day, the last 30 days" className="wide">
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
    ${days === null ? (problem === null ? html`<${Loading} lines=${6} />` : null) : html`<${DayChart} days=${days} label="Issues opened and closed a day" />`}
  <//>`;
}

/** Open issues by severity, with their age. @param {{ report: any, problem: unknown }} props */
export function SeverityCard({ report, problem }) {
  return html`<${Card} title="Open issues by severity">
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
    ${report === null ? (problem === null ? html`<${Loading} lines=${4} />` : null) : html`<${Severities} report=${report} />`}
  <//>`;
}

/** @param {{ report: any }} props */
function Severities({ report }) {
  const items = report.by.severity.items;
  const most = Math.max(1, ...items.map((/** @type {any} */ { open }) => open));
  if (report.total.open === 0) return html`<${Empty} title="No issue is open" />`;
  return html`<ul class="by-severity">
    ${SEVERITIES.map((severity) => {
      const { open = 0, overdue = 0, age = null } = items.find((/** @type {any} */ { value }) => value === severity) ?? {};
      return html`<li key=${severity}>
        <a href=${linkTo('findings', [], { severity, state: 'open' })}><${Severity} severity=${severity} /></a>
        <div class="meter" aria-hidden="true"><i class=${severity} style=${{ width: `${(100 * open) / most}%` }} /></div>
        <b class="num">${number(open)}</b>
        <p class="faint">
          ${age === null ? 'no age known' : `median age ${daysText(age.median)}, oldest ${daysText(age.longest)}`}
          ${overdue === 0 ? null : html`, <a class="tone high" href=${linkTo('findings', [], { severity, overdue: 'true' })}>${number(overdue)} overdue</a>`}
        </p>
      </li>`;
    })}
  </ul>`;
}
