import { lifecycleOf } from '../../src/findings/lifecycle.ts';
import { FINDINGS } from '../../src/pipeline/records/finding-collections.ts';
import type { FindingRecord } from '../../src/pipeline/records/finding-record.ts';
import { refOf } from './jira-model.ts';
import type { Breach } from './watch.ts';
import { groupIn, type World } from './world.ts';

/** Longer than any wait of the service for one group, after few faults; ms. */
const REST_WITHIN_MS = 24 * 60 * 60_000;

/** What must be true at every moment. @param since epoch ms @returns null: it is */
export function judge({ jira, now }: World, since: number): Breach | null {
  if (jira.issues.length > 1) return { promise: 'a finding has at most one issue', what: `${jira.issues.length} issues` };
  return now - since > REST_WITHIN_MS ? { promise: 'every schedule comes to rest', what: 'it still waits after a day' } : null;
}

/** What must be true when nothing is left to do. @returns null: it is */
export function judgeRest(world: World): Breach | null {
  const { jira, documents } = world;
  const [issue] = jira.issues;
  const record = groupIn(documents);
  const wanted = isActive(world) ? 'open' : 'closed';
  if (issue === undefined) return wanted === 'open' ? { promise: 'an active finding has an issue', what: 'there is none' } : null;
  if (record?.issue?.id !== refOf(issue.number).id)
    return { promise: 'the record knows the issue', what: `it has ${record?.issue?.key ?? 'none'}` };
  return issue.side === wanted
    ? null
    : { promise: 'the issue is on the side of its finding', what: `the issue is ${issue.side}, the finding wants it ${wanted}` };
}

function isActive({ documents }: World): boolean {
  return [...documents.values()].some(({ collection, json }) => {
    if (collection !== FINDINGS.name) return false;
    const record: FindingRecord = JSON.parse(json);
    return lifecycleOf(record.finding) === 'active';
  });
}
