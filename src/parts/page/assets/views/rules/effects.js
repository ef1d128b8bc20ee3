import { Table } from '../../components/table.js';
import { Foreign } from '../../components/text.js';
import { number, plural, resourceName, visible } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';
import { EFFECTS, effectsText } from './effects-text.js';

/** What changes, with some of the findings that it would happen to. @param {{ effects: any, findings: number | null }} props */
export function Effects({ effects, findings }) {
  const some = EFFECTS.filter(([effect]) => (effects[effect]?.issues ?? 0) > 0);
  return html`<div class="stack">
    <p class="plan" role="status">${effectsText(effects)}${findings === null ? '' : `, of ${plural(findings, 'finding')}`}.</p>
    ${some.map(
      ([effect, one, many, hint, tone]) =>
        html`<details key=${effect} class="effect">
          <summary><span class=${`badge ${tone}`}><b class="num">${number(effects[effect].issues)}</b> ${effects[effect].issues === 1 ? one : many}</span> <span class="soft">${hint}</span></summary>
          <${Examples} examples=${effects[effect].examples ?? []} of=${effects[effect].findings} />
        </details>`,
    )}
  </div>`;
}

/** @param {{ examples: readonly any[], of: number }} props */
function Examples({ examples, of }) {
  if (examples.length === 0) return html`<p class="faint">A backtest names examples.</p>`;
  return html`<${Table}
      caption="Examples"
      rows=${examples}
      keyOf=${(/** @type {any} */ { findingId, analyzerArn }) => `${findingId} ${analyzerArn}`}
      columns=${[
        {
          name: 'Resource',
          cell: (/** @type {any} */ { resource, findingId, analyzerArn }) =>
            html`<a href=${linkTo('findings', [findingId], { analyzerArn })} title=${visible(resource).slice(0, 400)}><${Foreign}>${resourceName(resource).slice(0, 120)}<//></a>`,
        },
        {
          name: 'Issue',
          cell: (/** @type {any} */ { issueKey }) =>
            issueKey === null ? html`<span class="faint">none</span>` : html`<${Foreign}>${issueKey}<//>`,
        },
        { name: 'Before', cell: (/** @type {any} */ { before }) => html`<${Side} side=${before} />` },
        { name: 'After', cell: (/** @type {any} */ { after }) => html`<${Side} side=${after} />` },
      ]}
    />
    ${of > examples.length ? html`<p class="faint">${number(examples.length)} of ${plural(of, 'finding')}.</p>` : null}`;
}

/** @param {{ side: { ruleId: string | null, projectKey: string | null } }} props */
function Side({ side: { ruleId, projectKey } }) {
  return html`<span>${projectKey === null ? 'no issue' : html`<b><${Foreign}>${projectKey}<//></b>`}${ruleId === null ? ', no rule' : html`, <${Foreign}>${ruleId}<//>`}</span>`;
}
