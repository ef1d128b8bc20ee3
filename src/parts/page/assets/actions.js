import { ask, idempotencyKey } from './api.js';
import { confirm } from './components/confirm.js';
import { plural } from './format.js';

/** Bulk changes that several views offer, each with what it will do. */

/** @param {'/api/v1/failures/retry' | '/api/v1/mappings/release' | '/api/v1/dead-letters/redrive'} path @param {unknown} body */
async function count(path, body) {
  return (await ask('POST', path, { body: { .../** @type {object} */ (body), dryRun: true } })).data.count;
}

/** @param {string} path @param {unknown} body */
async function start(path, body) {
  return { operation: (await ask('POST', path, { body, headers: idempotencyKey() })).data.id };
}

/** @param {{ code?: string, projectKey?: string }} filter @param {() => void} [after] */
export function retryFailures(filter, after) {
  const body = { filter };
  confirm({
    title: filter.code === undefined ? 'Retry all failures' : `Retry failures: ${filter.code}`,
    will: [
      'Each is tried again now instead of at its next time, in order of severity.',
      'What fails again stays here, with the words of Jira.',
    ],
    plan: async () => {
      const many = await count('/api/v1/failures/retry', body);
      return { text: many === 0 ? 'Nothing is stuck any more.' : `${plural(many, 'failure')} will be retried.`, nothing: many === 0 };
    },
    label: 'Retry',
    run: () => start('/api/v1/failures/retry', body),
    ...(after ? { after } : {}),
  });
}

/** @param {Readonly<Record<string, string>>} filter of mappings, without a state @param {() => void} [after] */
export function releaseHeld(filter, after) {
  const body = { filter };
  confirm({
    title: 'Release held findings',
    will: [
      'Each goes on now, whatever pause or limit holds it: issues are opened, changed or closed in Jira.',
      'Pauses and limits stay as they are for all others.',
    ],
    plan: async () => {
      const many = await count('/api/v1/mappings/release', body);
      return { text: many === 0 ? 'Nothing is held any more.' : `${plural(many, 'finding')} will be released.`, nothing: many === 0 };
    },
    label: 'Release',
    run: () => start('/api/v1/mappings/release', body),
    ...(after ? { after } : {}),
  });
}

/** @param {() => void} [after] */
export function redriveLetters(after) {
  const path = '/api/v1/dead-letters/redrive';
  confirm({
    title: 'Read all dead letters again',
    will: [
      'Messages in the dead-letter queues go back to their queues, and arrive as if they were new.',
      'Every message that is kept here is read again. What can be read now is accepted and leaves the list; the rest stays.',
    ],
    plan: async () => {
      const { kept, count: all, queues } = (await ask('POST', path, { body: { dryRun: true } })).data;
      const problems = queues.flatMap((/** @type {any} */ { problem }) => (problem === null ? [] : [` ${problem}.`]));
      const text = `${plural(kept, 'kept message')}, and about ${plural(all - kept, 'message')} in dead-letter queues.${problems.join('')}`;
      return { text: all === 0 && problems.length === 0 ? 'No message waits.' : text, nothing: all === 0 };
    },
    label: 'Read again',
    run: () => start(path, {}),
    result: ({ result }) => (result === null ? null : redriven(result)),
    ...(after ? { after } : {}),
  });
}

/** @param {any} result */
function redriven({ kept, queues }) {
  const moved = queues.reduce((/** @type {number} */ sum, /** @type {any} */ queue) => sum + queue.moved, 0);
  const problems = queues.flatMap((/** @type {any} */ { problem }) => (problem === null ? [] : [` ${problem}.`]));
  return `${plural(kept.read, 'kept message')} could be read, ${kept.unreadable} could not. ${plural(moved, 'message')} moved back.${problems.join('')}`;
}
