import { useEffect, useState } from 'preact/hooks';
import { ask, get, Problem } from '../../api.js';
import { Severity, StateBadge } from '../../components/badge.js';
import { Icon } from '../../components/icon.js';
import { Loading, ProblemBox } from '../../components/states.js';
import { Foreign } from '../../components/text.js';
import { useLoad } from '../../components/use-load.js';
import { resourceName, typeName } from '../../format.js';
import { html } from '../../html.js';
import { mayAct } from '../../session.js';
import { Evaluation } from './evaluation.js';

/** After the last key, ms. */
const TYPING_MS = 250;
const OFFERED = 6;

/**
 * Tries the rules with a finding that is known, or with an event. Nothing is changed.
 * @param {{ draft: string | null }} props YAML; null: the rules in force
 */
export function TryFinding({ draft }) {
  const [by, setBy] = useState(/** @type {'finding' | 'event'} */ ('finding'));
  const [question, setQuestion] = useState(/** @type {any} */ (null));
  const choose = (/** @type {'finding' | 'event'} */ next) => {
    setBy(next);
    setQuestion(null);
  };
  return html`<div class="stack">
    <div class="switch" role="group" aria-label="What to try">
      <button type="button" aria-pressed=${by === 'finding'} onClick=${() => choose('finding')}>A known finding</button>
      <button type="button" aria-pressed=${by === 'event'} onClick=${() => choose('event')}>An event</button>
    </div>
    ${by === 'finding' ? html`<${Picker} chosen=${question?.findingId ?? null} onChoose=${setQuestion} />` : html`<${EventField} onTry=${setQuestion} />`}
    ${question === null ? null : html`<${Answer} key=${JSON.stringify(question)} question=${question} draft=${draft} />`}
  </div>`;
}

/** @param {{ chosen: string | null, onChoose: (question: any) => void }} props */
function Picker({ chosen, onChoose }) {
  const [typed, setTyped] = useState('');
  const [q, setQ] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const { data, problem, reload } = useLoad(
    async (signal) => (await get('/api/v1/mappings', { query: { q, limit: OFFERED }, signal })).items,
    [q],
  );
  return html`<div class="picker">
    <div class="search"><${Icon} name="search" size=${16} /><input type="search" aria-label="Search a finding" placeholder="Name, ARN, account or issue" autocomplete="off" spellcheck=${false} value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)} /></div>
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
    ${data === null && problem === null ? html`<${Loading} lines=${3} what="Loading findings" />` : null}
    <ul>
      ${(data ?? []).map(
        (/** @type {any} */ { findingId, analyzerArn, resource, resourceType, severity, state }) =>
          html`<li key=${`${findingId} ${analyzerArn}`}>
            <button type="button" class="pick" aria-pressed=${findingId === chosen} onClick=${() => onChoose({ findingId, analyzerArn })}>
              <span class="pick-name"><${Foreign}>${resourceName(resource).slice(0, 120)}<//><small>${typeName(resourceType)}</small></span>
              <${Severity} severity=${severity} /><span class="pick-state"><${StateBadge} state=${state} /></span>
            </button>
          </li>`,
      )}
    </ul>
    ${data !== null && data.length === 0 ? html`<p class="soft">No finding begins so.</p>` : null}
  </div>`;
}

/** @param {{ onTry: (question: any) => void }} props */
function EventField({ onTry }) {
  const [text, setText] = useState('');
  const event = parsed(text);
  const onSubmit = (/** @type {Event} */ submitted) => {
    submitted.preventDefault();
    onTry({ event });
  };
  return html`<form class="stack" onSubmit=${onSubmit}>
    <label class="field"><span>Event as JSON</span><textarea rows="6" class="mono" spellcheck=${false} value=${text} placeholder=${'{ "source": "aws.access-analyzer", … }'} onInput=${(/** @type {any} */ typed) => setText(typed.currentTarget.value)}></textarea>
      <small>${text.trim() !== '' && event === undefined ? 'This is not JSON yet.' : 'As EventBridge sends it, in any envelope.'}</small></label>
    <button type="submit" class="button" disabled=${event === undefined}><${Icon} name="play" size=${15} />Try it</button>
  </form>`;
}

/** @param {string} text @returns {unknown} undefined: not JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {{ question: any, draft: string | null }} props */
function Answer({ question, draft }) {
  const [asked, setAsked] = useState(draft);
  const { data, problem, loading, reload } = useLoad((signal) => evaluate(question, asked, signal), [asked]);
  return html`<div class="stack">
    ${asked === draft ? null : html`<button type="button" class="button" onClick=${() => setAsked(draft)}><${Icon} name="retry" size=${15} />The draft has changed: try again</button>`}
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
    ${data === null && problem === null ? html`<${Loading} lines=${4} what="Evaluating the rules" />` : null}
    ${data === null || problem !== null ? null : html`<div aria-busy=${loading}><${Evaluation} evaluation=${data} /></div>`}
  </div>`;
}

/** @param {any} question @param {string | null} draft @param {AbortSignal} signal */
async function evaluate(question, draft, signal) {
  const path = '/api/v1/rules/evaluate';
  const preflight = mayAct('operator');
  if (draft === null) return (await ask('POST', path, { body: { ...question, preflight }, signal })).data;
  // JSON is YAML, and a text stays the same when all of its lines are indented alike.
  const head = Object.entries({ ...question, preflight }).map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`);
  const rules = draft.replace(/^---\s*$/m, '').replace(/^/gm, '  ');
  try {
    return (await ask('POST', path, { body: `${head.join('')}rules:\n${rules}`, type: 'application/yaml', signal })).data;
  } catch (error) {
    throw error instanceof Problem ? inDraft(error, head.length + 1) : error;
  }
}

/** The same with lines counted as in the draft. @param {Problem} problem @param {number} above lines that stand before the draft */
function inDraft({ code, title, detail, status, errors, instance, retryAfterS }, above) {
  const moved = errors.map(({ path = '', ...part }) => ({
    ...part,
    path: path.replace(/^line (\d+).*/, (_, line) => `line ${Number(line) - above}`),
  }));
  return new Problem(code, title, detail, status, { errors: moved, instance, retryAfterS });
}
