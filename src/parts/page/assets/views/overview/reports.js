import { Card } from '../../components/card.js';
import { DayChart } from '../../components/day-chart.js';
import { html } from '../../html.js';

/** Opened and closed over the last thirty days. @param {{ reports: any }} props */
export function ChartCard({ reports }) {
  if (!reports?.days) return null;
  return html`<${Card} title="Opened and closed" hint="Issues a day, the last 30 days" className="wide">
    <${DayChart} days=${reports.days} label="Issues opened and closed a day" />
  <//>`;
}

/** @param {{ reports: any }} props */
export function AgeCard({ reports }) {
  return reports === null ? null : null;
}
