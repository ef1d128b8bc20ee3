import { expect, test } from 'vitest';
import { tombstoneOf } from '../../../src/issues/marker.ts';
import { bearsTombstone } from '../../../src/pipeline/recovery/bears-tombstone.ts';
import type { FoundIssue, Permit, ReadIssue } from '../../../src/pipeline/ports/issue-tracker.ts';

const ISSUE = { id: '1', key: 'SEC-1' };

function found(tombstone: FoundIssue['tombstone']): ReadIssue {
  const status = { name: 'To Do', category: 'new' } as const;
  return { ok: true, found: { issue: ISSUE, projectKey: 'SEC', issueType: 'Task', createdByUs: true, property: null, tombstone, status } };
}

const unread: ReadIssue = { ok: false, failure: { code: 'jira-timeout', message: 'm', words: null, retry: { when: 'backoff' } } };

test.each<readonly [string, boolean | null, ReadIssue]>([
  ['unlinked from this group', true, found(tombstoneOf('ours', 'f-x'))],
  ['unlinked from another group', false, found(tombstoneOf('ours', 'f-y'))],
  ["unlinked from another installation's", false, found(tombstoneOf('theirs', 'f-x'))],
  ['not unlinked', false, found(null)],
  ['unreadable', null, unread],
])('an issue that was %s: %s', async (_, bears, read) => {
  let held = 0;
  const permit = async (): Promise<Permit> => {
    held += 1;
    return { granted: true, release: () => void (held -= 1) };
  };
  const tracker = { permit, read: async () => read };
  expect([await bearsTombstone({ tracker, installation: 'ours' }, ISSUE, 'f-x'), held]).toEqual([bears, 0]);
});

test('nothing is known without a permit', async () => {
  const permit = async (): Promise<Permit> => ({ granted: false, because: 'busy', afterMs: 1 });
  const tracker = { permit, read: async () => found(tombstoneOf('ours', 'f-x')) };
  expect(await bearsTombstone({ tracker, installation: 'ours' }, ISSUE, 'f-x')).toBe(null);
});
