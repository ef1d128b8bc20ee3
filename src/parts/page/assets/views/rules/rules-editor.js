import { useEffect, useRef, useState } from 'preact/hooks';
import { Problem } from '../../api.js';
import { Card } from '../../components/card.js';
import { confirm } from '../../components/confirm.js';
import { Icon } from '../../components/icon.js';
import { OperationProgress } from '../../components/operation.js';
import { Loading, ProblemBox } from '../../components/states.js';
import { useLoad } from '../../components/use-load.js';
import { html } from '../../html.js';
import { mayAct } from '../../session.js';
import { useStore } from '../../store.js';
import { CheckResult } from './check-result.js';
import { draft, isChanged, openDraft, planSave, readRules, saveRules, startBacktest, wantedOf } from './draft.js';
import { Effects } from './effects.js';
import { MergeDialog } from './merge-dialog.js';
import { SaveDialog } from './save-dialog.js';
import { TextEditor } from './text-editor.js';
import { TryFinding } from './try-finding.js';
import { lineOf } from './yaml-places.js';

/** @typedef {import('./draft.js').Draft} Draft */

/** A draft beside what can be found out about it before it is saved. @param {{ ruleAt: number | null, onSaved: () => void }} props `ruleAt`: the place of the rule to begin at, from 0 */
export function RulesEditor({ ruleAt, onSaved }) {
  const { problem, loading, reload } = useLoad(openDraft, []);
  const one = useStore(draft);
  if (problem !== null && one === null) return html`<${ProblemBox} problem=${problem} again=${reload} />`;
  if (one === null || loading) return html`<div class="card"><${Loading} lines=${8} what="Loading the rules" /></div>`;
  return html`<${Editing} one=${one} ruleAt=${ruleAt} onSaved=${onSaved} />`;
}

/** @param {{ one: Draft, ruleAt: number | null, onSaved: () => void }} props */
function Editing({ one, ruleAt, onSaved }) {
  const [saving, setSaving] = useState(false);
  const [stale, setStale] = useState(/** @type {Problem | null} */ (null));
  const showLine = useRef(ruleAt === null ? null : lineOf(one.text, `rules[${ruleAt}]`)).current;
  const check = useCheck(one, setStale);
  const backtest = useBacktest(one);
  const refused = [check.problem, backtest.problem].find((problem) => problem instanceof Problem && problem.errors.length > 0);
  const parts = refused instanceof Problem ? refused.errors : (check.plan?.warnings ?? []);
  const saved = async () => {
    draft.set(await readRules());
    onSaved();
  };
  const onStale = (/** @type {Problem} */ problem) => {
    setSaving(false);
    setStale(problem);
  };
  return html`<div class="workbench">
    <div class="stack">
      <${Bar} one=${one} check=${check} onSave=${() => setSaving(true)} />
      <${TextEditor}
        text=${one.text}
        onText=${(/** @type {string} */ text) => draft.set({ ...one, text })}
        onCheck=${mayAct('admin') ? check.run : backtest.run}
        parts=${parts}
        tone=${refused === undefined ? 'medium' : 'critical'}
        showLine=${showLine}
      />
      ${mayAct('admin') ? null : html`<p class="soft">Your role may try and backtest a draft. An admin saves it.</p>`}
    </div>
    <div class="stack">
      ${mayAct('admin') ? html`<${CheckResult} check=${check} text=${one.text} changed=${isChanged(one)} />` : null}
      <${BacktestCard} backtest=${backtest} changed=${isChanged(one)} />
      <${Card} title="Try a finding" hint="With this draft; nothing is changed"><${TryFinding} draft=${one.text} /><//>
    </div>
    ${
      saving
        ? html`<${SaveDialog}
            title="Save the rules"
            wanted=${wantedOf(one)}
            known=${backtest.known}
            save=${(/** @type {any} */ query) => saveRules(wantedOf(one), query)}
            onClose=${() => setSaving(false)}
            onSaved=${saved}
            onStale=${onStale}
            onRefused=${check.refuse}
          />`
        : null
    }
    ${stale === null ? null : html`<${MergeDialog} one=${one} problem=${stale} onClose=${() => setStale(null)} />`}
  </div>`;
}

/** @param {{ one: Draft, check: ReturnType<typeof useCheck>, onSave: () => void }} props */
function Bar({ one, check, onSave }) {
  const changed = isChanged(one);
  const admin = html`<button type="button" class="button" disabled=${!changed || check.checking} title="Ctrl+Enter" onClick=${check.run}><${Icon} name="check" size=${15} />${check.checking ? 'Checking …' : 'Check'}</button>
    <button type="button" class="button primary" disabled=${!changed} onClick=${onSave}>Save …</button>`;
  return html`<div class="editor-bar">
    <span class=${changed ? 'badge medium' : 'badge quiet'}>${changed ? 'Draft, not saved' : `As in revision ${one.revision}`}</span>
    <span class="editor-actions">
      ${changed ? html`<button type="button" class="button quiet" onClick=${discard}>Discard</button>` : null}
      ${mayAct('admin') ? admin : null}
    </span>
  </div>`;
}

/** @param {Draft} one */
function keyOf({ revision, text }) {
  return `${revision} ${text}`;
}

/** Asks the service what it thinks of a draft. @param {Draft} one @param {(problem: Problem) => void} onStale */
function useCheck(one, onStale) {
  const [state, setState] = useState(
    /** @type {{ of: string, plan: any, problem: unknown, checking: boolean }} */ ({ of: '', plan: null, problem: null, checking: false }),
  );
  const latest = useRef(one);
  useEffect(() => void (latest.current = one), [one]);
  const run = async () => {
    const { current } = latest;
    const of = current.text;
    setState((before) => ({ ...before, checking: true }));
    try {
      setState({ of, plan: await planSave(wantedOf(current), { force: true }), problem: null, checking: false });
    } catch (problem) {
      if (problem instanceof Problem && problem.code === 'revision-stale') onStale(problem);
      setState({ of, plan: null, problem, checking: false });
    }
  };
  const refuse = (/** @type {unknown} */ problem) => setState({ of: latest.current.text, plan: null, problem, checking: false });
  return { ...state, run: () => void run(), isOld: state.of !== one.text, refuse };
}

/** Backtests of the draft; `known` is the result for the draft as it is now. @param {Draft} one */
function useBacktest(one) {
  const [state, setState] = useState(/** @type {{ id: string, of: string, result: any } | null} */ (null));
  const [problem, setProblem] = useState(/** @type {unknown} */ (null));
  const run = async () => {
    setProblem(null);
    try {
      setState({ id: await startBacktest(wantedOf(one)), of: keyOf(one), result: null });
    } catch (error) {
      setProblem(error);
    }
  };
  const isOld = state !== null && state.of !== keyOf(one);
  const effects = state?.result?.effects ?? null;
  return {
    id: state?.id ?? null,
    problem,
    isOld,
    known: state === null || isOld || effects === null ? null : { token: state.id, effects },
    run: () => void run(),
    onEnd: (/** @type {any} */ { id, result }) => setState((now) => (now === null || now.id !== id ? now : { ...now, result })),
  };
}

/** @param {{ backtest: ReturnType<typeof useBacktest>, changed: boolean }} props */
function BacktestCard({ backtest: { id, problem, isOld, run, onEnd }, changed }) {
  const shown = (/** @type {any} */ { result }) =>
    result === null ? null : html`<${Effects} effects=${result.effects} findings=${result.findings} />`;
  const button = html`<button type="button" class="button" disabled=${!changed} onClick=${run}><${Icon} name="play" size=${15} />Backtest</button>`;
  return html`<${Card} title="Backtest" hint="What the draft would do to all known findings" more=${button}>
    <div class="stack">
      ${problem === null ? null : html`<${ProblemBox} problem=${problem} />`}
      ${isOld ? html`<p class="tone medium">The draft has changed since. Run it again.</p>` : null}
      ${id === null ? html`<p class="soft">${changed ? 'Not run yet.' : 'Change the draft first.'}</p>` : html`<${OperationProgress} key=${id} id=${id} onEnd=${onEnd} result=${shown} />`}
    </div>
  <//>`;
}

function discard() {
  confirm({
    title: 'Discard the draft',
    will: ['Your changes to the rules are lost. The rules in force stay as they are.'],
    label: 'Discard',
    danger: true,
    run: async () => {
      draft.set(await readRules());
      return { text: 'Draft discarded' };
    },
  });
}
