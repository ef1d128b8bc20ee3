import { get } from '../api.js';
import { Card, ViewHead } from '../components/card.js';
import { Loading, ProblemBox } from '../components/states.js';
import { useLoad } from '../components/use-load.js';
import { plural } from '../format.js';
import { html } from '../html.js';
import { linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { draft, isChanged } from './rules/draft.js';
import { RulesEditor } from './rules/rules-editor.js';
import { RulesHistory } from './rules/rules-history.js';
import { RulesList } from './rules/rules-list.js';
import { TryFinding } from './rules/try-finding.js';

/** The parts of this view, by the first step of the address after its name. */
const PARTS = /** @type {const} */ ([
  ['', 'In force', 'viewer'],
  ['try', 'Try', 'viewer'],
  ['draft', 'Draft', 'operator'],
  ['history', 'History', 'viewer'],
]);

/** The rules: in force, tried with a finding, as a draft, and their history. @param {{ route: import('../router.js').Route }} props */
export function View({ route: { rest, query } }) {
  const [part = '', opened] = rest;
  const { data: rules, problem, reload } = useLoad((signal) => get('/api/v1/rules', { signal }), []);
  const changed = isChanged(useStore(draft));
  const { rule } = query;
  const open = PARTS.filter(([, , role]) => mayAct(role));
  const shown = open.some(([name]) => name === part) ? part : '';
  return html`<div class="view">
    <${ViewHead} title="Rules" hint=${rules === null ? null : `Revision ${rules.revision}: ${plural(rules.rules.length, 'rule')}, of which the first that matches decides`} />
    <nav class="tabs" aria-label="Parts of the rules">
      ${open.map(([name, title]) => html`<a key=${name} href=${linkTo('rules', name === '' ? [] : [name])} aria-current=${name === shown ? 'page' : undefined}>${title}${name === 'draft' && changed ? html`<i class="dot medium" title="Not saved" />` : null}</a>`)}
    </nav>
    ${problem === null ? null : html`<${ProblemBox} problem=${problem} again=${reload} />`}
    <${Part} shown=${shown} opened=${opened} rule=${rule} rules=${rules} problem=${problem} reload=${reload} />
  </div>`;
}

/** @param {{ shown: string, opened: string | undefined, rule: string | undefined, rules: any, problem: unknown, reload: () => void }} props */
function Part({ shown, opened, rule, rules, problem, reload }) {
  switch (shown) {
    case 'draft': {
      const at = rules === null ? -1 : rules.rules.findIndex((/** @type {any} */ { id }) => id === rule);
      return html`<${RulesEditor} ruleAt=${at === -1 ? null : at} onSaved=${reload} />`;
    }
    case 'history':
      return html`<${RulesHistory} opened=${opened} inForce=${rules?.revision ?? null} onSaved=${reload} />`;
    case 'try':
      return html`<${Card} title="Try a finding" hint="With the rules in force; nothing is changed"><${TryFinding} draft=${null} /><//>`;
    default:
      if (rules !== null) return html`<${RulesList} rules=${rules} chosen=${rule} />`;
      return problem === null ? html`<div class="card"><${Loading} lines=${8} what="Loading the rules" /></div>` : null;
  }
}
