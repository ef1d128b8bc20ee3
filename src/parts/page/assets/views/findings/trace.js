import { useState } from 'preact/hooks';
import { Loading, ProblemBox } from '../../components/states.js';
import { Foreign } from '../../components/text.js';
import { html } from '../../html.js';
import { becauseText } from '../../words.js';

/** How the current rules decide about a finding, rule by rule. @param {{ evaluation: ReturnType<typeof import('./use-more-facts.js').useMoreFacts>['evaluation'] }} props */
export function Trace({ evaluation: { data, problem, reload } }) {
  const [open, setOpen] = useState(false);
  const result = () => {
    if (problem !== null) return html`<${ProblemBox} problem=${problem} again=${reload} />`;
    return data === null ? html`<${Loading} what="Evaluating the rules" />` : html`<${EvaluationResult} evaluation=${data} />`;
  };
  return html`<details class="section" open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}>
    <summary><h3>Decision, rule by rule</h3></summary>
    ${open ? result() : null}
  </details>`;
}

/** The answer of an evaluation: the trace, the next step, and the request that would open the issue. @param {{ evaluation: any }} props */
export function EvaluationResult({ evaluation: { decision, trace, outcome } }) {
  return html`<ol class="trace">
      ${trace.map(
        (/** @type {any} */ { ruleId, matched, mismatches }) =>
          html`<li key=${ruleId} class=${matched ? 'good' : 'quiet'}>
            <i class="dot" />
            <div>
              <b><${Foreign}>${ruleId}<//></b> <span class="soft">${matched ? 'matches, so it decides' : 'does not match'}</span>
              ${
                mismatches.length === 0
                  ? null
                  : html`<ul class="mismatches">
                    ${mismatches.map(
                      (/** @type {any} */ { path, wanted, found }, /** @type {number} */ at) =>
                        html`<li key=${at}><code>${path}</code> wants <code><${Foreign}>${wanted}<//></code>, found <code><${Foreign}>${found}<//></code></li>`,
                    )}
                  </ul>`
              }
            </div>
          </li>`,
      )}
    </ol>
    <p><b>${{ issue: 'It gets an issue', ignore: 'It is ignored', undecided: 'Undecided' }[/** @type {'issue'} */ (decision.action)]}</b>: ${becauseText(decision.because)}. Next step: <code>${outcome.step}</code>, ${becauseText(outcome.because)}.</p>
    ${
      outcome.request === null
        ? null
        : html`<details class="section"><summary><h3>The request that would open the issue</h3></summary><pre tabindex="0">${JSON.stringify(outcome.request.body, null, 2)}</pre></details>`
    }`;
}
