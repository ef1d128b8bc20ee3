import { useEffect, useState } from 'preact/hooks';
import { route } from '../router.js';
import { createStore, useStore } from '../store.js';
import { html } from '../html.js';
import { Dialog } from './dialog.js';
import { OperationProgress } from './operation.js';
import { ProblemBox } from './states.js';
import { notify } from './toasts.js';

/**
 * What a person is asked before something is changed.
 * @typedef {{
 *   title: string,
 *   will: readonly any[],
 *   plan?: () => Promise<{ text: any, nothing?: boolean }>,
 *   initial?: Record<string, string>,
 *   fields?: (values: Record<string, string>, set: (name: string, value: string) => void) => any,
 *   ready?: (values: Record<string, string>) => boolean,
 *   label: string,
 *   danger?: boolean,
 *   run: (values: Record<string, string>) => Promise<{ operation?: string, text?: string }>,
 *   after?: () => void,
 *   result?: (operation: any) => any,
 * }} Question
 * `will`: one sentence each, what happens and what does not. `plan`: asks the service what it would do. `initial`: values of the fields.
 * `run` may answer with the id of an operation, whose progress is then shown; `result` shows what it brought.
 */

const question = createStore(/** @type {Question | null} */ (null));

/** Says what will happen, and does it when the person agrees. @param {Question} asked */
export function confirm(asked) {
  question.set(asked);
}

/** The place of the question. Is in the page once. */
export function Confirmation() {
  const [asked, { view }] = [useStore(question), useStore(route)];
  // The back button leaves the question behind.
  useEffect(() => question.set(null), [view]);
  return asked === null ? null : html`<${Asking} key=${asked.title} asked=${asked} />`;
}

/** @param {{ asked: Question }} props */
function Asking({ asked }) {
  const { title, will, fields, ready = () => true, after, initial = {}, result } = asked;
  const [values, setValues] = useState(initial);
  const { planned, problem: planProblem } = usePlan(asked);
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [working, setWorking] = useState(false);
  const [operation, setOperation] = useState(/** @type {string | null} */ (null));
  const close = () => question.set(null);
  const agree = async () => {
    setProblem(null);
    setWorking(true);
    try {
      const { operation: started, text = 'Done' } = await asked.run(values);
      if (started) return setOperation(started);
      notify(text);
      close();
      after?.();
    } catch (error) {
      setProblem(error);
      setWorking(false);
    }
  };
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void agree();
  };
  return html`<${Dialog} title=${title} onClose=${close}>
    <form class="dialog-body" onSubmit=${onSubmit}>
      <ul class="will">${will.map((sentence, at) => html`<li key=${at}>${sentence}</li>`)}</ul>
      ${fields ? fields(values, (name, value) => setValues((before) => ({ ...before, [name]: value }))) : null}
      ${operation === null && planProblem === null ? html`<${Plan} asked=${asked} planned=${planned} />` : null}
      ${(problem ?? planProblem) === null ? null : html`<${ProblemBox} problem=${problem ?? planProblem} />`}
      ${operation === null ? null : html`<${OperationProgress} id=${operation} onEnd=${after} result=${result} />`}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${close}>${operation === null ? 'Cancel' : 'Close'}</button>
        ${operation === null ? html`<${Agree} asked=${asked} working=${working} ready=${ready(values) && planned !== null && !planned.nothing} />` : null}
      </footer>
    </form>
  <//>`;
}

/** @param {{ asked: Question, planned: { text: any } | null }} props */
function Plan({ asked, planned }) {
  return asked.plan ? html`<p class="plan" role="status">${planned === null ? 'Working out what will happen …' : planned.text}</p>` : null;
}

/** @param {{ asked: Question, working: boolean, ready: boolean }} props */
function Agree({ asked: { label, danger = false }, working, ready }) {
  return html`<button type="submit" class=${`button ${danger ? 'danger' : 'primary'}`} disabled=${working || !ready}>${working ? 'Working …' : label}</button>`;
}

/** Asks the service once what it would do; where nothing has to be asked, the plan is there at once. @param {Question} asked */
function usePlan({ plan }) {
  const [planned, setPlanned] = useState(/** @type {{ text: any, nothing?: boolean } | null} */ (plan ? null : { text: '' }));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  useEffect(() => {
    if (plan) plan().then(setPlanned, setProblem);
  }, []);
  return { planned, problem };
}
