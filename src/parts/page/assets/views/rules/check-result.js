import { Problem } from '../../api.js';
import { Card } from '../../components/card.js';
import { Icon } from '../../components/icon.js';
import { ProblemBox } from '../../components/states.js';
import { plural, visible } from '../../format.js';
import { html } from '../../html.js';
import { changesText } from './changes.js';
import { effectsText } from './effects-text.js';
import { itemCount } from './yaml-places.js';

/** What the service says of the draft: its form, its tests, what Jira would refuse, and the plan. @param {{ check: any, text: string, changed: boolean }} props */
export function CheckResult({ check: { plan, problem, isOld, checking }, text, changed }) {
  const some = plan !== null || problem !== null;
  return html`<${Card} title="Check" hint="Form, tests, and what Jira would refuse">
    <div class="stack" role="status" aria-busy=${checking}>
      ${some ? null : html`<p class="soft">${changed ? html`Not checked yet. <kbd>Ctrl</kbd> <kbd>Enter</kbd> checks the draft.` : 'Change the draft first.'}</p>`}
      ${some && isOld ? html`<p class="tone medium">The draft has changed since.</p>` : null}
      ${problem === null ? null : html`<${Refused} problem=${problem} />`}
      ${plan === null ? null : html`<${Planned} plan=${plan} tests=${itemCount(text, 'tests')} />`}
    </div>
  <//>`;
}

/** @param {{ problem: unknown }} props */
function Refused({ problem }) {
  if (!(problem instanceof Problem) || problem.errors.length === 0) {
    if (problem instanceof Problem && problem.code === 'backtest-required')
      return html`<p class="because medium"><b>Well-formed.</b> ${visible(problem.detail)}</p>`;
    return html`<${ProblemBox} problem=${problem} />`;
  }
  return html`<ul class="checks"><${Line} ok=${false} text=${`${problem.title}: ${plural(problem.errors.length, 'problem')}, marked in the text`} /></ul>`;
}

/** @param {{ plan: any, tests: number }} props */
function Planned({ plan: { changes, warnings, effects }, tests }) {
  const failed = warnings.filter((/** @type {any} */ { code }) => code === 'test-failed').length;
  const others = warnings.length - failed;
  return html`<ul class="checks">
    <${Line} ok=${true} text=${`Well-formed; ${visible(changesText(changes))}`} />
    <${Line} ok=${failed === 0} text=${failed === 0 ? (tests === 0 ? 'No tests to run' : `${plural(tests, 'test')} passed`) : `${plural(failed, 'test')} of ${Math.max(tests, failed)} failed, marked in the text`} />
    <${Line} ok=${others === 0} text=${others === 0 ? 'No warning, and Jira would take the issues' : `${plural(others, 'warning')}, marked in the text`} />
    ${effects === null ? null : html`<${Line} ok=${true} text=${`Plan: ${effectsText(effects)}`} />`}
  </ul>`;
}

/** @param {{ ok: boolean, text: string }} props */
function Line({ ok, text }) {
  return html`<li class=${ok ? 'good' : 'high'}><${Icon} name=${ok ? 'check' : 'alert'} /><div>${text}</div></li>`;
}
