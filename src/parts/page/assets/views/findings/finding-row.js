import { Severity, StateBadge } from '../../components/badge.js';
import { Foreign, IssueLink } from '../../components/text.js';
import { Time } from '../../components/time.js';
import { resourceName, typeName, visible } from '../../format.js';
import { html } from '../../html.js';
import { becauseText } from '../../words.js';
import { nextSort } from './sort.js';

const COLUMNS = [
  ['severity', 'Severity'],
  ['resource', 'Resource'],
  ['account', 'Account'],
  ['state', 'State'],
  ['issue', 'Issue'],
  ['updated', 'Changed'],
];

/** @param {{ sort: string, set: (changes: Record<string, string | null>) => void }} props */
export function FindingsHead({ sort, set }) {
  return html`<tr role="row">
    ${COLUMNS.map(([column = '', name]) => {
      const now = sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : 'none';
      return html`<th key=${column} role="columnheader" scope="col" class=${`c-${column}`} aria-sort=${now}>
        <button type="button" class="sort" onClick=${() => set({ sort: nextSort(sort, column) })}>
          ${name}<span aria-hidden="true">${{ ascending: '↑', descending: '↓', none: '' }[now]}</span>
        </button>
      </th>`;
    })}
  </tr>`;
}

/** @param {{ mapping: any, href: string }} props */
export function FindingRow({ mapping, href }) {
  const { severity, resource, resourceType, accountId, region, state, because, issue, updatedAt, isPublic, overdue } = mapping;
  return html`
    <td role="cell" class="c-severity"><${Severity} severity=${severity} /></td>
    <td role="cell" class="c-resource">
      <a class="row-link" href=${href} title=${visible(resource).slice(0, 400)}><${Foreign}>${resourceName(resource)}<//></a>
      <span class="under">${typeName(resourceType)}${isPublic === true ? html` · <b class="tone critical">public</b>` : ''}</span>
    </td>
    <td role="cell" class="c-account"><span class="num">${visible(accountId)}</span><span class="under">${visible(region)}</span></td>
    <td role="cell" class="c-state"><${StateBadge} state=${state} /><span class="under" title=${becauseText(because)}>${becauseText(because)}</span></td>
    <td role="cell" class="c-issue"><${IssueLink} issue=${issue} /><${UnderIssue} issue=${issue} overdue=${overdue} /></td>
    <td role="cell" class="c-updated soft"><${Time} at=${updatedAt} /></td>
  `;
}

/** @param {{ issue: any, overdue: boolean }} props */
function UnderIssue({ issue, overdue }) {
  if (overdue) return html`<span class="under tone high"><b>overdue</b></span>`;
  return issue?.status ? html`<span class="under"><${Foreign}>${issue.status}<//></span>` : null;
}
