import { expect, test } from 'vitest';
import { markerOf } from '../../../src/issues/marker.ts';
import { writtenOf } from '../../../src/issues/written.ts';
import { issueDraft } from '../../support/findings/issue-route.ts';
import { scriptJira, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

const REF = { id: '1', key: 'SEC-1' };

/** The issue as Jira gives it, whichever was asked for. */
function jiraWith(id: string, key: string): Promise<ScriptedJira> {
  const fields = { status: { name: 'To Do', statusCategory: { key: 'new' } }, project: { key: 'SEC' }, creator: { accountId: 'me' } };
  return scriptJira(({ method, url }) => {
    if (method !== 'GET') return { status: 204 };
    return {
      status: 200,
      json: url.endsWith('/myself') ? { accountId: 'me' } : { id, key, fields, changelog: { total: 0, histories: [] } },
    };
  });
}

const update = {
  draft: issueDraft({ summary: 'another' }),
  fields: ['summary'],
  marker: markerOf('default', 'group', ['finding'], 1),
  written: writtenOf(issueDraft()),
} as const;

test('an answer about another issue is no reason to write', async () => {
  const jira = await jiraWith('2', 'SEC-1');
  expect(await trackerOf(jira.url).update(REF, update)).toMatchObject({ outcome: 'failed', failure: { code: 'jira-bad-answer' } });
  expect(jira.lines().filter((line) => !line.startsWith('GET'))).toEqual([]);
});

test('an issue that was moved has another key and the same id', async () => {
  const jira = await jiraWith('1', 'OPS-9');
  expect(await trackerOf(jira.url).update(REF, update)).toMatchObject({
    outcome: 'updated',
    issue: { id: '1', key: 'OPS-9' },
    sent: ['summary'],
  });
});
