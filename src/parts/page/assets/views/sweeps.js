import { ask, idempotencyKey } from '../api.js';
import { Card, ViewHead } from '../components/card.js';
import { confirm } from '../components/confirm.js';
import { Icon } from '../components/icon.js';
import { OperationProgress } from '../components/operation.js';
import { Empty, Loading } from '../components/states.js';
import { Foreign } from '../components/text.js';
import { Time } from '../components/time.js';
import { html } from '../html.js';
import { status } from '../live.js';
import { go, linkTo } from '../router.js';
import { mayAct } from '../session.js';
import { useStore } from '../store.js';
import { awsCounts, Counts, jiraCounts, SweepResult } from './sweeps/sweep-result.js';

/** The last sweeps, and one that a person starts; its operation is in the address, so that others can follow it. @param {{ route: import('../router.js').Route }} props */
export function View({ route: { rest } }) {
  const seen = useStore(status);
  const [operation] = rest;
  return html`<div class="view">
    <${ViewHead} title="Sweeps" hint="Each compares AWS and Jira with what is known here, and makes good what events have missed">
      ${
        mayAct('operator')
          ? html`<button type="button" class="button" onClick=${dryRun}><${Icon} name="search" size=${15} />Dry run</button>
            <button type="button" class="button primary" onClick=${sweepNow}><${Icon} name="sweeps" size=${15} />Sweep now</button>`
          : null
      }
    <//>
    <div class="stack">
      ${operation === undefined ? null : html`<${Requested} key=${operation} id=${operation} />`}
      ${seen === null ? html`<${Loading} lines=${6} what="Loading the status" />` : html`<${Troubles} seen=${seen} /><${Last} seen=${seen} />`}
    </div>
  </div>`;
}

/** @param {{ id: string }} props */
function Requested({ id }) {
  return html`<${Card} title="Requested sweep" hint="First AWS, then Jira" more=${html`<a class="small-link" href=${linkTo('sweeps')}>Hide</a>`}>
    <${OperationProgress} id=${id} result=${(/** @type {any} */ { result }) => (result === null ? null : html`<${SweepResult} result=${result} />`)} />
  <//>`;
}

/** @param {{ seen: any }} props */
function Last({ seen: { lastSweep, lastFindingsSweep } }) {
  return html`<div class="halves">
    <${Card} title="Last sweep over AWS" hint=${lastFindingsSweep === null ? null : html`<${Time} at=${lastFindingsSweep.at} />`}>
      ${lastFindingsSweep === null ? html`<${Empty} title="No sweep over AWS has ended yet" icon="sweeps" />` : html`<${Counts} counts=${awsCounts(lastFindingsSweep)} />`}
    <//>
    <${Card} title="Last sweep over Jira" hint=${lastSweep === null ? null : html`<${Time} at=${lastSweep.at} />`}>
      ${lastSweep === null ? html`<${Empty} title="No sweep over Jira has ended yet" icon="sweeps" />` : html`<${Counts} counts=${jiraCounts(lastSweep)} />`}
    <//>
  </div>`;
}

/** What kept the last sweeps from being complete, or what they do not dare to do. @param {{ seen: any }} props */
function Troubles({ seen: { analyzers, lastSweep } }) {
  const vanished = lastSweep?.vanished ?? [];
  if (analyzers.length + vanished.length === 0) return null;
  return html`<${Card} title="What a person has to look at">
    <ul class="checks">
      ${vanished.map(
        (/** @type {any} */ { projectKey, missing, of }) =>
          html`<li key=${projectKey} class="critical"><${Icon} name="alert" /><div>
            <b>${missing} of ${of} issues of <${Foreign}>${projectKey}<//> cannot be seen any more</b>
            <p class="soft">So many at once prove nothing: check the permissions of our account in the project, and whether it was archived.</p>
          </div></li>`,
      )}
      ${analyzers.map(
        (/** @type {any} */ { analyzerArn, problem, alarm }) =>
          html`<li key=${analyzerArn} class="high"><${Icon} name="alert" /><div>
            <b>${alarm === null ? 'An analyzer could not be listed' : `${alarm.missing} of ${alarm.of} findings of an analyzer are missing at once`}</b>
            <p class="mono soft"><${Foreign}>${analyzerArn}<//></p>
            <p class="soft">${problem === null ? 'None was ended. Look at the analyzer in AWS.' : html`<${Foreign}>${problem.message}<//> <code>${problem.code}</code>`}</p>
          </div></li>`,
      )}
    </ul>
  <//>`;
}

function dryRun() {
  confirm({
    title: 'Sweep as a dry run',
    will: ['AWS and Jira are read as in a sweep, and nothing is changed.', 'It says what a sweep would find and do.'],
    label: 'Begin',
    run: () => begin(true),
  });
}

function sweepNow() {
  confirm({
    title: 'Sweep now',
    will: [
      'All findings are listed in AWS: those that no event brought get their issues, and those that have ended are closed.',
      'All issues of ours are read in Jira: unknown ones are read back, second issues of one finding are linked and closed as duplicates. None is deleted.',
      'Sweeps run by themselves as well; this one only comes sooner.',
    ],
    label: 'Sweep',
    run: () => begin(false),
  });
}

/** @param {boolean} dry */
async function begin(dry) {
  const { data } = await ask('POST', '/api/v1/sweeps', { body: { dryRun: dry }, headers: idempotencyKey() });
  go(linkTo('sweeps', [data.id]));
  return { text: dry ? 'The dry run has begun' : 'The sweep has begun' };
}
