import { useEffect, useState } from 'preact/hooks';
import { Problem } from '../../api.js';
import { Dialog } from '../../components/dialog.js';
import { OperationProgress } from '../../components/operation.js';
import { Loading, ProblemBox } from '../../components/states.js';
import { notify } from '../../components/toasts.js';
import { visible } from '../../format.js';
import { html } from '../../html.js';
import { changesText } from './changes.js';
import { planSave, startBacktest } from './draft.js';
import { Effects } from './effects.js';

/** Problems that a person may save in spite of. */
const PARDONED = new Set(['rule-tests-failed', 'preflight-failed']);

/**
 * @typedef {{ token: string, effects: any }} Known the result of a backtest of the same rules
 * @typedef {{ is: 'planning' } | { is: 'backtest', id: string } | { is: 'problem', problem: unknown }
 *   | { is: 'planned', plan: any, effects: any, token: string | null } | { is: 'saving' } | { is: 'saved', operation: string }} Step
 */

/**
 * Says what a save of rules would do to the findings, and does it when the person agrees. Where the service wants a backtest first, it is run.
 * @param {{ title: string, wanted: import('./draft.js').Wanted, known: Known | null, save: (query: Record<string, string | null>) => Promise<any>,
 *   onClose: () => void, onSaved: () => void, onStale: (problem: Problem) => void, onRefused?: (problem: unknown) => void }} props
 */
export function SaveDialog({ title, wanted, known, save, onClose, onSaved, onStale, onRefused }) {
  const [step, setStep] = useState(/** @type {Step} */ ({ is: 'planning' }));
  const [force, setForce] = useState(false);
  const [comment, setComment] = useState('');
  const fail = (/** @type {unknown} */ problem) => {
    if (problem instanceof Problem && problem.code === 'revision-stale') onStale(problem);
    else {
      setStep({ is: 'problem', problem });
      onRefused?.(problem);
    }
  };
  const plan = async (/** @type {Known | null} */ tested) => {
    setStep({ is: 'planning' });
    try {
      const planned = await planSave(wanted, { force, backtestToken: tested?.token ?? null });
      setStep({ is: 'planned', plan: planned, effects: planned.effects ?? tested?.effects ?? null, token: tested?.token ?? null });
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== 'backtest-required' || tested !== null) return fail(problem);
      await startBacktest(wanted).then((id) => setStep({ is: 'backtest', id }), fail);
    }
  };
  useEffect(() => void plan(known), [force]);
  const onTested = (/** @type {any} */ { id, result, error, state }) =>
    state === 'done'
      ? void plan({ token: id, effects: result.effects })
      : fail(new Problem(error?.code ?? state, 'The backtest did not end', error?.message ?? '', 0));
  const agree = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (step.is !== 'planned') return;
    setStep({ is: 'saving' });
    try {
      const saved = await save({
        force: force ? 'true' : null,
        backtestToken: step.token,
        comment: comment.trim() === '' ? null : comment.trim(),
      });
      notify(`Revision ${saved.revision} is in force`);
      onSaved();
      if (saved.operation === null) onClose();
      else setStep({ is: 'saved', operation: saved.operation.id });
    } catch (problem) {
      fail(problem);
    }
  };
  const pardonable = force || (step.is === 'problem' && step.problem instanceof Problem && PARDONED.has(step.problem.code));
  const isSaved = step.is === 'saved';
  return html`<${Dialog} title=${title} wide onClose=${onClose}>
    <form class="dialog-body" onSubmit=${agree}>
      <${Body} step=${step} onTested=${onTested} />
      ${
        pardonable && !isSaved
          ? html`<label class="check"><input type="checkbox" checked=${force} onChange=${(/** @type {any} */ event) => setForce(event.currentTarget.checked)} /> Save in spite of failing tests and of what Jira would refuse</label>`
          : null
      }
      ${
        step.is === 'planned' || step.is === 'saving'
          ? html`<label class="field"><span>Reason, shown in the history</span><input maxlength="1000" autocomplete="off" value=${comment} onInput=${(/** @type {any} */ event) => setComment(event.currentTarget.value)} /></label>`
          : null
      }
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${onClose}>${isSaved ? 'Close' : 'Cancel'}</button>
        ${isSaved ? null : html`<button type="submit" class="button primary" disabled=${step.is !== 'planned'}>${step.is === 'saving' ? 'Saving …' : 'Save'}</button>`}
      </footer>
    </form>
  <//>`;
}

/** @param {{ step: Step, onTested: (operation: any) => void }} props */
function Body({ step, onTested }) {
  switch (step.is) {
    case 'backtest':
      return html`<div class="stack"><p class="soft">It touches many open issues, so it is backtested first.</p><${OperationProgress} key=${step.id} id=${step.id} onEnd=${onTested} /></div>`;
    case 'problem':
      return html`<${ProblemBox} problem=${step.problem} />`;
    case 'planned':
      return html`<${Planned} plan=${step.plan} effects=${step.effects} />`;
    case 'saved':
      return html`<div class="stack"><p class="soft">The findings that the change touches are being reconciled. That goes on when this window is closed.</p><${OperationProgress} id=${step.operation} /></div>`;
    default:
      return html`<${Loading} lines=${3} what=${step.is === 'saving' ? 'Saving' : 'Working out what will happen'} />`;
  }
}

/** @param {{ plan: { changes: any, warnings: readonly any[] }, effects: any }} props */
function Planned({ plan: { changes, warnings }, effects }) {
  return html`<div class="stack">
    <ul class="will">
      <li>${visible(changesText(changes))}.</li>
      <li>Only findings that are treated differently are reconciled; an issue that is there is never moved.</li>
    </ul>
    ${effects === null ? html`<p class="plan">Nothing differs, so nothing will be saved.</p>` : html`<${Effects} effects=${effects} findings=${null} />`}
    ${
      warnings.length === 0
        ? null
        : html`<ul class="checks">${warnings.slice(0, 20).map(({ path, message }, at) => html`<li key=${at} class="medium"><i class="dot" /><div><p><code>${visible(path)}</code> ${visible(message)}</p></div></li>`)}</ul>`
    }
  </div>`;
}
