import { ask, get } from '../../api.js';
import { useLoad } from '../../components/use-load.js';
import { mayAct } from '../../session.js';

/** Of one finding, the newest. */
const MAX_ACTS = 100;

/**
 * What an open finding shows beside its mapping, as it comes: how the current rules decide, with what is known of actor and owner; and what the
 * audit says of it, which admins alone may read.
 * @param {any} mapping
 */
export function useMoreFacts({ findingId, analyzerArn, group, updatedAt }) {
  const evaluation = useLoad(
    async (signal) => (await ask('POST', '/api/v1/rules/evaluate', { body: { findingId, analyzerArn, preflight: false }, signal })).data,
    [findingId, analyzerArn, updatedAt],
  );
  const audit = useLoad(
    async (signal) => {
      if (!mayAct('admin')) return [];
      const about = (/** @type {string} */ target) => get('/api/v1/audit', { query: { target, limit: MAX_ACTS }, signal });
      const answers = await Promise.all([about(findingId), about(group)]);
      return answers.flatMap(({ items }) => items);
    },
    [findingId, group, updatedAt],
  );
  return { evaluation, audit };
}
