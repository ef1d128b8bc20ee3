import { useEffect, useRef, useState } from 'preact/hooks';
import { Card, Facts } from '../../components/card.js';
import { Icon } from '../../components/icon.js';
import { Empty } from '../../components/states.js';
import { Foreign } from '../../components/text.js';
import { number, plural, visible, visibleLines } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';
import { mayAct } from '../../session.js';
import { toYaml } from './yaml-text.js';

/** So many rules are drawn at once. */
const SHOWN = 100;

/** The rules in their order: the first that matches decides. @param {{ rules: any, chosen: string | undefined }} props `chosen`: the rule to show */
export function RulesList({ rules, chosen }) {
  const [search, setSearch] = useState('');
  const [many, setMany] = useState(SHOWN);
  /** @type {readonly { rule: any, place: number }[]} */
  const numbered = rules.rules.map((/** @type {any} */ rule, /** @type {number} */ at) => ({ rule, place: at + 1 }));
  const words = search.toLowerCase().trim();
  const found = numbered.filter(({ rule }) => words === '' || textOf(rule).includes(words));
  const at = found.findIndex(({ rule }) => rule.id === chosen);
  const shown = found.slice(0, Math.max(many, at + 1));
  return html`<div class="stack">
    ${
      rules.rules.length > 5
        ? html`<div class="search"><${Icon} name="search" size=${16} /><input type="search" aria-label="Find a rule" placeholder="Find a rule by id, description, project or pattern" value=${search} onInput=${(/** @type {any} */ event) => setSearch(event.currentTarget.value)} /></div>`
        : null
    }
    <section class="card flush">
      ${found.length === 0 ? html`<${Empty} title=${rules.rules.length === 0 ? 'There is no rule' : 'No rule matches'} icon="rules">${rules.rules.length === 0 ? 'Every finding is recorded and ignored.' : null}<//>` : null}
      <ol class="lines">${shown.map(({ rule, place }) => html`<${Rule} key=${rule.id} rule=${rule} place=${place} chosen=${rule.id === chosen} />`)}</ol>
      ${found.length > shown.length ? html`<p class="more"><button type="button" class="button" onClick=${() => setMany(many + SHOWN)}>Show more of ${number(found.length)}</button></p>` : null}
      <p class="line fallback soft">A finding that no rule matches is recorded and ignored.</p>
    </section>
    <${Besides} rules=${rules} />
  </div>`;
}

/** @param {any} rule */
function textOf(rule) {
  return JSON.stringify(rule).toLowerCase();
}

/** @param {{ rule: any, place: number, chosen: boolean }} props */
function Rule({ rule, place, chosen }) {
  const line = useRef(/** @type {HTMLLIElement | null} */ (null));
  useEffect(() => {
    if (chosen) line.current?.scrollIntoView({ block: 'center' });
  }, [chosen]);
  const { id, description, action, match, groupBy, issue, mode } = rule;
  return html`<li ref=${line} class=${`line rule ${chosen ? 'chosen' : ''}`}>
    <span class="rule-place num" aria-hidden="true">${place}</span>
    <div class="line-main">
      <p class="line-title">
        <b><${Foreign}>${id}<//></b>
        ${
          action === 'ignore'
            ? html`<span class="badge quiet">Ignored</span>`
            : html`<span class="badge accent"><${Foreign}>${`${issue.project} · ${issue.issueType}`}<//></span>`
        }
        ${mode === 'observe' ? html`<span class="badge low">Only observes</span>` : null}
        ${groupBy !== undefined && groupBy !== 'finding' ? html`<span class="badge quiet">One issue for each ${groupBy}</span>` : null}
      </p>
      ${description === undefined ? null : html`<p><${Foreign}>${description}<//></p>`}
      <ul class="conditions">${conditionsOf(match).map(([path, wanted]) => html`<li key=${path}><code>${visible(path)}</code> <${Foreign}>${wanted}<//></li>`)}</ul>
      <div class="rule-foot">
        <details><summary>As YAML</summary><pre tabindex="0" aria-label=${`Rule ${visible(id)} as YAML`}><bdi>${visibleLines(toYaml(rule))}</bdi></pre></details>
        <a href=${linkTo('findings', [], { ruleId: id })} aria-label=${`Findings of the rule ${visible(id)}`}>Findings</a>
        ${mayAct('operator') ? html`<a href=${linkTo('rules', ['draft'], { rule: id })} aria-label=${`Change the rule ${visible(id)}`}>Change</a>` : null}
      </div>
    </div>
  </li>`;
}

/** A pattern as conditions, one a field; what is no list of plain values is shown as JSON. @param {any} pattern @param {string} [path] @returns {readonly (readonly [string, string])[]} */
function conditionsOf(pattern, path = '') {
  return Object.entries(pattern).flatMap(([name, wanted]) => {
    const at = path === '' ? name : `${path}.${name}`;
    if (Array.isArray(wanted)) return [/** @type {const} */ ([at, wanted.map(valueText).join(' or ').slice(0, 400)])];
    if (typeof wanted === 'object' && wanted !== null && !name.startsWith('$')) return conditionsOf(wanted, at);
    return [/** @type {const} */ ([at, JSON.stringify(wanted).slice(0, 400)])];
  });
}

/** @param {any} value */
function valueText(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** @param {{ rules: any }} props */
function Besides({ rules: { tests = [], limits, accounts, organizationalUnits, rescan } }) {
  const [owners, units] = [Object.keys(accounts ?? {}).length, Object.keys(organizationalUnits ?? {}).length];
  return html`<div class="halves">
    <${Card} title="Tests" hint="Run before every save">
      ${
        tests.length === 0
          ? html`<p class="soft">None yet. A test names a finding and what must become of it, under <code>tests:</code> in the draft.</p>`
          : html`<ul class="checks">${tests.slice(0, SHOWN).map((/** @type {any} */ test, /** @type {number} */ at) => html`<${TestLine} key=${at} test=${test} at=${at} />`)}</ul>`
      }
      ${tests.length > SHOWN ? html`<p class="faint">The first ${SHOWN} of ${plural(tests.length, 'test')}.</p>` : null}
    <//>
    <${Card} title="Besides the rules">
      <${Facts}
        facts=${[
          ['Limits', limits === undefined ? 'as usual' : html`<code>${visible(JSON.stringify(limits))}</code>`],
          ['Accounts', owners === 0 ? 'no map' : `${plural(owners, 'account')} with an owner`],
          ['Units', units === 0 ? 'no map' : `${plural(units, 'organizational unit')} with an owner`],
          ['Rescans', rescan === 'off' ? 'off' : 'AWS scans again when a person closes an issue'],
        ]}
      />
    <//>
  </div>`;
}

/** @param {{ test: any, at: number }} props */
function TestLine({ test: { name, expect }, at }) {
  const { action, ruleId, project } = expect;
  const parts = [
    action === 'issue' ? 'gets an issue' : 'is ignored',
    ...(project === undefined ? [] : [`in ${project}`]),
    ...(ruleId ? [`by ${ruleId}`] : []),
  ];
  return html`<li class="quiet"><${Icon} name="check" /><div><p><${Foreign}>${name ?? `Test ${at + 1}`}<//></p><p class="faint"><${Foreign}>${parts.join(' ')}<//></p></div></li>`;
}
