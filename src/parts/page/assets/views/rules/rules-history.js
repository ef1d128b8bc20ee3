import { useState } from 'preact/hooks';
import { Facts } from '../../components/card.js';
import { Dialog } from '../../components/dialog.js';
import { Icon } from '../../components/icon.js';
import { Empty, Loading, ProblemBox } from '../../components/states.js';
import { Foreign } from '../../components/text.js';
import { Time } from '../../components/time.js';
import { useLoad } from '../../components/use-load.js';
import { More, usePages } from '../../components/use-pages.js';
import { visible, visibleLines } from '../../format.js';
import { html } from '../../html.js';
import { go, linkTo } from '../../router.js';
import { mayAct } from '../../session.js';
import { changesText } from './changes.js';
import { Diff } from './diff.js';
import { readRevision, rollBack } from './draft.js';
import { SaveDialog } from './save-dialog.js';
import { toYaml } from './yaml-text.js';

/** Saved revisions, the newest first; one opens in a sheet. @param {{ opened: string | undefined, inForce: number | null, onSaved: () => void }} props */
export function RulesHistory({ opened, inForce, onSaved }) {
  const revisions = usePages('/api/v1/rules/history', {}, [inForce]);
  return html`<div>
    ${revisions.problem === null ? null : html`<${ProblemBox} problem=${revisions.problem} again=${revisions.reload} />`}
    ${!revisions.loaded && revisions.problem === null ? html`<${Loading} lines=${5} what="Loading the history" />` : null}
    ${revisions.loaded && revisions.items.length === 0 ? html`<div class="card"><${Empty} title="No revision is kept" icon="rules" /></div>` : null}
    ${revisions.items.length === 0 ? null : html`<section class="card flush"><ul class="lines">${revisions.items.map((revision) => html`<${Revision} key=${revision.revision} revision=${revision} inForce=${inForce} />`)}</ul><${More} pages=${revisions} /></section>`}
    ${opened === undefined ? null : html`<${Opened} key=${opened} number=${Number(opened)} inForce=${inForce} onSaved=${onSaved} />`}
  </div>`;
}

/** @param {{ revision: any, inForce: number | null }} props */
function Revision({ revision: { revision, savedAt, savedBy, comment, changes }, inForce }) {
  return html`<li class="line">
    <span class="rule-place num" aria-hidden="true">${revision}</span>
    <div class="line-main">
      <p class="line-title"><a href=${linkTo('rules', ['history', String(revision)])}>Revision ${revision}</a>${revision === inForce ? html`<span class="badge good">In force</span>` : null}</p>
      <p>${visible(changesText(changes))}</p>
      ${comment === null ? null : html`<p class="words"><q><${Foreign}>${comment}<//></q></p>`}
      <p class="faint line-facts"><span>by <${Foreign}>${savedBy}<//></span><span><${Time} at=${savedAt} /></span></p>
    </div>
  </li>`;
}

/** @param {{ number: number, inForce: number | null, onSaved: () => void }} props */
function Opened({ number, inForce, onSaved }) {
  const { data, problem, reload } = useLoad((signal) => readRevision(number, signal), [number]);
  const [back, setBack] = useState(false);
  const close = () => go(linkTo('rules', ['history']));
  const may = mayAct('admin') && inForce !== null && number !== inForce && data !== null;
  return html`<${Dialog} side title=${`Revision ${number}`} onClose=${close}>
    <div class="dialog-body sheet-body">
      ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
      ${data === null && problem === null ? html`<${Loading} lines=${6} what="Loading the revision" />` : null}
      ${may ? html`<div class="sheet-actions"><button type="button" class="button" onClick=${() => setBack(true)}><${Icon} name="back" size=${15} />Roll back to this revision</button></div>` : null}
      ${data === null ? null : html`<${RevisionBody} data=${data} />`}
    </div>
    ${
      back && inForce !== null
        ? html`<${SaveDialog}
            title=${`Roll back to revision ${number}`}
            wanted=${{ revision: inForce, body: data.rules }}
            known=${null}
            save=${(/** @type {any} */ query) => rollBack(number, inForce, query)}
            onClose=${() => setBack(false)}
            onSaved=${onSaved}
            onStale=${() => (setBack(false), onSaved())}
          />`
        : null
    }
  <//>`;
}

/** @param {{ data: any }} props */
function RevisionBody({ data: { savedAt, savedBy, comment, base, changes, differences, rules } }) {
  return html`
    <section>
      <h3>Facts</h3>
      <${Facts}
        facts=${[
          ['Saved', html`<${Time} at=${savedAt} relative=${false} />`],
          ['By', html`<${Foreign}>${savedBy}<//>`],
          ['Reason', comment === null ? html`<span class="faint">none</span>` : html`<${Foreign}>${comment}<//>`],
          ['Made of', base === null ? 'nothing' : html`<a href=${linkTo('rules', ['history', String(base)])}>revision ${base}</a>`],
          ['Changes', visible(changesText(changes))],
        ]}
      />
    </section>
    ${
      differences.length === 0
        ? null
        : html`<section class="stack"><h3>Rule by rule</h3>
          ${differences.map((/** @type {any} */ { id, change, before, after }) => html`<div key=${id}><p class="line-title diff-title"><b><${Foreign}>${id}<//></b><span class="badge quiet">${change}</span></p>${change === 'moved' ? null : html`<${Diff} label=${`Changes of ${visible(id)}`} before=${before === null ? '' : toYaml(before)} after=${after === null ? '' : toYaml(after)} />`}</div>`)}
        </section>`
    }
    <details class="section"><summary><h3>All rules of this revision</h3></summary><pre tabindex="0" aria-label="All rules of this revision"><bdi>${visibleLines(toYaml(rules))}</bdi></pre></details>
  `;
}
