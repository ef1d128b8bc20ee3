import { ask } from '../../api.js';
import { releaseHeld } from '../../actions.js';
import { confirm } from '../../components/confirm.js';
import { Icon } from '../../components/icon.js';
import { html } from '../../html.js';
import { mayAct } from '../../session.js';

const KEY = /^[A-Za-z][A-Za-z0-9_]*-[1-9][0-9]*$/;

/** What an operator may do with a finding. Each says first what will happen. @param {{ mapping: any, onChanged: (mapping: any) => void }} props */
export function FindingActions({ mapping, onChanged }) {
  if (!mayAct('operator')) return null;
  const { issue, state } = mapping;
  return html`<div class="sheet-actions">
    <button type="button" class="button" onClick=${() => reconcile(mapping, onChanged)}><${Icon} name="retry" size=${15} />Reconcile</button>
    ${
      state === 'held'
        ? html`<button type="button" class="button" onClick=${() => releaseHeld({ group: mapping.group }, () => onChanged(mapping))}><${Icon} name="release" size=${15} />Release</button>`
        : null
    }
    <button type="button" class="button" onClick=${() => link(mapping, onChanged)}><${Icon} name="link" size=${15} />${issue === null ? 'Link an issue' : 'Link another issue'}</button>
    ${issue === null ? null : html`<button type="button" class="button" onClick=${() => unlink(mapping, onChanged)}><${Icon} name="unlink" size=${15} />Unlink</button>`}
  </div>`;
}

/** @param {any} mapping */
function addressOf({ findingId, analyzerArn }) {
  return { path: `/api/v1/mappings/${encodeURIComponent(findingId)}`, query: { analyzerArn } };
}

/** @param {any} mapping @param {(mapping: any) => void} onChanged */
function reconcile(mapping, onChanged) {
  const { path, query } = addressOf(mapping);
  const { issue, state } = mapping;
  confirm({
    title: 'Reconcile this finding',
    will: [
      issue === null
        ? 'The finding is compared with the current rules now. If they want an issue, it is opened, or an unlinked one is taken up again.'
        : `${issue.key} is compared with the finding now; what is missing is done in Jira.`,
      state === 'failed' ? 'It does not wait for its next try.' : 'If nothing is missing, nothing changes.',
    ],
    label: 'Reconcile',
    run: async () => {
      onChanged((await ask('POST', `${path}/reconcile`, { query })).data);
      return { text: 'Reconcile requested' };
    },
  });
}

/** @param {any} mapping @param {(mapping: any) => void} onChanged */
function link(mapping, onChanged) {
  const { path, query } = addressOf(mapping);
  const { issue } = mapping;
  confirm({
    title: issue === null ? 'Link an issue' : 'Link another issue',
    will: [
      'The issue becomes the issue of this finding, and of all that share its group: it is closed and reopened with them, and gets our label.',
      ...(issue === null ? [] : [`${issue.key} is let go. It stays in Jira as it is.`]),
    ],
    fields: (values, set) =>
      html`<label class="field"
        ><span>Key of the issue</span
        ><input required placeholder="SEC-1" maxlength="255" autocomplete="off" spellcheck=${false} value=${values['key'] ?? ''} onInput=${(/** @type {any} */ event) => set('key', event.currentTarget.value.trim())}
      /></label>`,
    ready: ({ key = '' }) => KEY.test(key),
    label: 'Link',
    run: async ({ key = '' }) => {
      onChanged((await ask('PUT', path, { query, body: { issueKey: key } })).data);
      return { text: `${key} is linked` };
    },
  });
}

/** @param {any} mapping @param {(mapping: any) => void} onChanged */
function unlink(mapping, onChanged) {
  const { path, query } = addressOf(mapping);
  const { key } = mapping.issue;
  confirm({
    title: `Unlink ${key}`,
    will: [
      `${key} stays in Jira as it is, without our label.`,
      'Nothing more is done for this finding, and for all that share its group, until an issue is linked or it is reconciled by hand.',
    ],
    label: 'Unlink',
    danger: true,
    run: async () => {
      onChanged((await ask('DELETE', path, { query })).data);
      return { text: `${key} is unlinked` };
    },
  });
}
