import { useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.js';
import { Loading, ProblemBox } from '../../components/states.js';
import { notify } from '../../components/toasts.js';
import { useLoad } from '../../components/use-load.js';
import { plural, visible } from '../../format.js';
import { html } from '../../html.js';
import { changesText } from './changes.js';
import { Diff } from './diff.js';
import { draft, readRules } from './draft.js';
import { mergeTexts } from './merge-texts.js';

/**
 * Other rules were saved while the draft was written: joins both, or gives up the draft.
 * @param {{ one: import('./draft.js').Draft, problem: import('../../api.js').Problem, onClose: () => void }} props
 */
export function MergeDialog({ one, problem, onClose }) {
  const { data: theirs, problem: failed, reload } = useLoad(readRules, []);
  const [first, setFirst] = useState(/** @type {'mine' | 'theirs'} */ ('mine'));
  const take = (/** @type {string} */ text, /** @type {string} */ toast) => {
    if (theirs === null) return;
    draft.set({ ...theirs, text });
    notify(toast);
    onClose();
  };
  const merged = theirs === null ? null : mergeTexts(one.base, one.text, theirs.base, first);
  return html`<${Dialog} title="The rules have changed meanwhile" wide onClose=${onClose}>
    <div class="dialog-body">
      <p>Your draft was made of revision ${one.revision}. ${theirs === null ? null : html`Revision ${theirs.revision} counts by now: ${visible(changesText(problem.members['changes'] ?? null))}.`}</p>
      ${failed === null ? null : html`<${ProblemBox} problem=${failed} again=${reload} />`}
      ${
        theirs === null || merged === null
          ? failed === null
            ? html`<${Loading} lines=${4} what="Loading the rules" />`
            : null
          : html`<details open><summary>What others have changed</summary><${Diff} label="What others have changed" before=${one.base} after=${theirs.base} /></details>
            ${
              merged.conflicts === 0
                ? html`<p class="plan">No line was changed by both, so both changes fit together.</p>`
                : html`<fieldset class="choice"><legend>${plural(merged.conflicts, 'place')} ${merged.conflicts === 1 ? 'was' : 'were'} changed by both. There</legend>
                  <label class="check"><input type="radio" name="first" checked=${first === 'mine'} onChange=${() => setFirst('mine')} /> my change counts</label>
                  <label class="check"><input type="radio" name="first" checked=${first === 'theirs'} onChange=${() => setFirst('theirs')} /> their change counts</label>
                </fieldset>`
            }
            <details><summary>My draft afterwards, compared with revision ${theirs.revision}</summary><${Diff} label="My draft afterwards" before=${theirs.base} after=${merged.text} /></details>`
      }
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${onClose}>Not now</button>
        <button type="button" class="button" disabled=${theirs === null} onClick=${() => take(theirs?.base ?? '', 'Your draft was given up')}>Give up my draft</button>
        <button type="button" class="button primary" disabled=${merged === null} onClick=${() => take(merged?.text ?? '', 'Merged. Check the draft, and save it')}>Merge into my draft</button>
      </footer>
    </div>
  <//>`;
}
