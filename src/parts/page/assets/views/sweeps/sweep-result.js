import { Foreign } from '../../components/text.js';
import { number, plural } from '../../format.js';
import { html } from '../../html.js';

/** A number with its name; `tone` when it is not zero. @typedef {readonly [count: number, name: string, tone: string]} Count */

const FATE = /** @type {Readonly<Record<string, string>>} */ ({
  restored: 'read back',
  'duplicate-closed': 'closed as a duplicate',
  moved: 'moved to another project',
  missing: 'not shown by Jira',
  deleted: 'deleted',
  'found-again': 'found again',
});

/** @param {any} swept @returns {readonly Count[]} */
export function jiraCounts({ found, restored, duplicatesClosed, moved = 0, missing = 0, deleted = 0, foundAgain = 0 }) {
  return [
    [found, 'issues read', ''],
    [restored, 'read back', 'high'],
    [duplicatesClosed, 'duplicates closed', 'high'],
    [moved, 'moved by people', 'low'],
    [missing, 'not shown by Jira', 'medium'],
    [deleted, 'deleted by people', 'medium'],
    [foundAgain, 'found again', 'low'],
  ];
}

/** @param {any} swept @returns {readonly Count[]} */
export function awsCounts({ listed, added, changed, missing, ended, gone, complete, of }) {
  return [
    [listed, 'findings listed', ''],
    [added, 'brought by no event', 'medium'],
    [changed, 'had changed', 'medium'],
    [missing, 'missing in AWS', 'high'],
    [ended, 'of them ended', 'low'],
    [gone, 'of them gone', 'low'],
    [complete, `of ${plural(of, 'analyzer')} complete`, complete < of ? 'high' : ''],
  ];
}

/** @param {{ counts: readonly Count[] }} props */
export function Counts({ counts }) {
  return html`<ul class="counts">
    ${counts.map(([count, name, tone]) => html`<li key=${name}><b class=${`num ${count > 0 && tone !== '' ? `tone ${tone}` : ''}`}>${number(count)}</b><span>${name}</span></li>`)}
  </ul>`;
}

/** What a sweep found, or would find. @param {{ result: any }} props */
export function SweepResult({ result }) {
  const { dryRun, aws, issues = [] } = result;
  const drift = [...jiraCounts(result).slice(1), ...(aws === null ? [] : awsCounts(aws).slice(1, 4))].reduce(
    (sum, [count]) => sum + count,
    0,
  );
  return html`<div class="stack">
    <p class="plan">${drift === 0 ? 'No drift: AWS, Jira and what is known here agree.' : dryRun ? `A sweep would make good ${plural(drift, 'difference')}. Nothing was changed.` : `${plural(drift, 'difference')} found.`}</p>
    <div class="halves">
      ${aws === null ? null : html`<section><h3>AWS</h3><${Counts} counts=${awsCounts(aws)} /></section>`}
      <section><h3>Jira</h3><${Counts} counts=${jiraCounts(result)} /></section>
    </div>
    ${issues.length === 0 ? null : html`<ul class="chips">${issues.map((/** @type {any} */ { key, is }) => html`<li key=${`${key}${is}`} class="badge quiet"><${Foreign}>${key}<//> ${FATE[is] ?? is}</li>`)}</ul>`}
  </div>`;
}
