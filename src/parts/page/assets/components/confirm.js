import { useEffect, useState } from 'preact/hooks';
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
 *   plan?: () => Promise<{ text: string, nothing?: boolean }>,
 *   fields?: (values: Record<string, string>, set: (name: string, value: string) => void) => any,
 *   ready?: (values: Record<string, string>) => boolean,
 *   label: string,
 *   danger?: boolean,
 *   run: (values: Record<string, string>) => Promise<{ operation?: string, text?: string } | void>,
 *   after?: () => void,
 * }} Question
 * `will`: one sentence each, what happens and what does not. `plan`: asks the service what it would do. `run` may answer with the id of
 * an operation, whose progress is then shown.
 */

const question = createStore(/** @type {Question | null} */ (null));

/** Says what will happen, and does it when the person agrees. @param {Question} asked */
export function confirm(asked) {
  question.set(asked);
}

/** The place of the question. Is in the page once. */
export function Confirmation() {
  const asked = useStore(question);
  return asked === null ? null : html`<${Asking} key=${asked.title} asked=${asked} />`;
}

/** @param {{ asked: Question }} props */
function Asking({ asked }) {
  const { title, will, plan, fields, ready = () => true, label, danger = false, run, after } = asked;
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({}));
  const [planned, setPlanned] = useState(/** @type {{ text: string, nothing?: boolean } | null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const [state, setState] = useState(/** @type {'asking' | 'running' | 'ended'} */ ('asking'));
  const [operation, setOperation] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    if (plan) plan().then(setPlanned, setProblem);
  }, []);
  const close = () => question.set(null);
  const agree = async () => {
    setProblem(null);
    setState('running');
    try {
      const answer = (await run(values)) ?? {};
      if (answer.operation) return setOperation(answer.operation);
      notify(answer.text ?? 'Done');
      close();
      after?.();
    } catch (error) {
      setProblem(error);
      setState('asking');
    }
  };
  const onSubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    void agree();
  };
  const waits = (plan !== undefined && planned === null) || planned?.nothing === true || state !== 'asking' || !ready(values);
  const ended = () => {
    setState('ended');
    after?.();
  };
  return html`<${Dialog} title=${title} onClose=${close}>
    <form class="dialog-body" onSubmit=${onSubmit}>
      <ul class="will">${will.map((sentence, at) => html`<li key=${at}>${sentence}</li>`)}</ul>
      ${fields ? fields(values, (name, value) => setValues({ ...values, [name]: value })) : null}
      ${
        plan && operation === null
          ? html`<p class="plan" role="status">${planned === null ? (problem === null ? 'Working out what will happen …' : 'No plan') : planned.text}</p>`
          : null
      }
      ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
      ${operation === null ? null : html`<${OperationProgress} id=${operation} onEnd=${ended} />`}
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${close}>${operation === null ? 'Cancel' : 'Close'}</button>
        ${
          operation === null
            ? html`<button type="submit" class=${`button ${danger ? 'danger' : 'primary'}`} disabled=${waits}>${state === 'running' ? 'Working …' : label}</button>`
            : null
        }
      </footer>
    </form>
  <//>`;
}
