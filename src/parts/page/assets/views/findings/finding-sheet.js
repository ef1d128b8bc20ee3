import { get } from '../../api.js';
import { FindingStatusBadge, Severity, StateBadge } from '../../components/badge.js';
import { Facts } from '../../components/card.js';
import { Dialog } from '../../components/dialog.js';
import { Loading, ProblemBox } from '../../components/states.js';
import { Copyable, Foreign, IssueLink } from '../../components/text.js';
import { Time } from '../../components/time.js';
import { useLoad } from '../../components/use-load.js';
import { plural, resourceName, typeName, visible } from '../../format.js';
import { html } from '../../html.js';
import { linkTo } from '../../router.js';
import { becauseText, OWNER_SOURCE, wordFor } from '../../words.js';
import { FindingActions } from './finding-actions.js';
import { changedText, timelineEntries } from './timeline-entries.js';
import { Timeline } from './timeline.js';
import { Trace } from './trace.js';
import { useMoreFacts } from './use-more-facts.js';

/**
 * One finding: what it is, what became of it and why, and what may be done.
 * @param {{ findingId: string, analyzerArn: string | null, onClose: () => void, onChanged: (mapping: any) => void }} props
 */
export function FindingSheet({ findingId, analyzerArn, onClose, onChanged }) {
  const found = useLoad(
    (signal) => get(`/api/v1/mappings/${encodeURIComponent(findingId)}`, { query: { analyzerArn }, signal }),
    [findingId, analyzerArn],
  );
  const mapping = found.data;
  const changed = (/** @type {any} */ next) => {
    onChanged(next);
    found.reload();
  };
  return html`<${Dialog} side title=${mapping === null ? 'Finding' : html`<${Foreign}>${shortName(mapping.resource)}<//>`} onClose=${onClose}>
    <div class="dialog-body sheet-body">
      ${found.problem === null ? null : html`<${ProblemBox} problem=${found.problem} again=${found.reload} />`}
      ${mapping === null ? (found.problem === null ? html`<${Loading} lines=${8} what="Loading the finding" />` : null) : html`<${Finding} mapping=${mapping} onChanged=${changed} />`}
    </div>
  <//>`;
}

/** @param {string} resource */
function shortName(resource) {
  const name = resourceName(resource);
  return name.length > 160 ? `${name.slice(0, 160)}…` : name;
}

/** @param {{ mapping: any, onChanged: (mapping: any) => void }} props */
function Finding({ mapping, onChanged }) {
  const { severity, state, findingStatus, because, issue, error, ruleId } = mapping;
  const { evaluation, audit } = useMoreFacts(mapping);
  const changed = evaluation.data?.facts.changed ?? null;
  return html`
    <div class="chips sheet-badges">
      <${Severity} severity=${severity} /><${StateBadge} state=${state} /><${FindingStatusBadge} status=${findingStatus} />
      ${mapping.isPublic === true ? html`<span class="badge critical">Open to everyone</span>` : null}
    </div>
    <p class="sheet-because">
      ${sentence(becauseText(because))}${issue === null ? '.' : html`: <${IssueLink} issue=${issue} />${issue.status ? html`, in <b><${Foreign}>${issue.status}<//></b>` : ''}`}
    </p>
    ${
      error === null
        ? null
        : html`<div class="problem">
          <div>
            <p class="problem-title">${visible(error.message)}</p>
            ${error.words ? html`<p>Jira says: <q>${visible(error.words)}</q></p>` : null}
            <p class="faint">Code <code>${error.code}</code></p>
          </div>
        </div>`
    }
    <${FindingActions} mapping=${mapping} onChanged=${onChanged} />
    <section>
      <h3>Facts</h3>
      <${Facts}
        facts=${[
          ['Resource', html`<${Copyable} value=${mapping.resource} what="the ARN" />`],
          ['Type', typeName(mapping.resourceType)],
          ['Account', html`<span class="num">${visible(mapping.accountId)}</span> in ${visible(mapping.region)}`],
          ['Owner', html`<${Owner} kept=${mapping.owner} found=${evaluation.data?.owner ?? null} />`],
          ...(changed === null ? [] : [['Changed by', html`<${Foreign}>${changedText(changed)}<//>, <${Time} at=${changed.at} />`]]),
          ['Due', html`<${Due} mapping=${mapping} />`],
          ['Rule', ruleId === null ? 'none' : html`<${Foreign}>${ruleId}<//>`],
          ['Finding', html`<${Copyable} value=${mapping.findingId} what="the finding id" />`],
          ['Analyzer', html`<${Foreign} mono>${mapping.analyzerArn}<//>`],
          ['First seen', html`<${Time} at=${mapping.firstSeenAt} relative=${false} />`],
          ['Group', html`<a href=${linkTo('findings', [], { group: mapping.group })}>All findings that share its issue</a>`],
        ]}
      />
    </section>
    <section>
      <h3>Timeline</h3>
      ${audit.problem === null ? null : html`<${ProblemBox} problem=${audit.problem} again=${audit.reload} />`}
      <${Timeline} entries=${timelineEntries(mapping, changed, audit.data ?? [])} firstSeenAt=${mapping.firstSeenAt} />
    </section>
    <${Trace} evaluation=${evaluation} />
  `;
}

/** The name of a person is with the facts alone, which come later. @param {{ kept: any, found: any }} props */
function Owner({ kept, found }) {
  const { source, name } = found ?? kept ?? { source: null, name: null };
  if (source === null) return html`<span class="faint">not known</span>`;
  const where = html`<span class="faint">, ${wordFor(OWNER_SOURCE, source).hint}</span>`;
  return html`${name === null ? wordFor(OWNER_SOURCE, source).word : html`<${Foreign}>${name}<//>`}${where}`;
}

/** @param {{ mapping: any }} props */
function Due({ mapping: { dueDate, overdue, age, state } }) {
  const since =
    age === null ? '' : `, ${state === 'closed' ? 'was open' : 'open'} for ${age === 0 ? 'less than a day' : plural(age, 'day')}`;
  if (dueDate === null) return html`<span class="faint">no date${since}</span>`;
  return html`<span class=${overdue ? 'tone high' : ''}>${dueDate}${overdue ? ', overdue' : ''}</span><span class="faint">${since}</span>`;
}

/** @param {string} text */
function sentence(text) {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
