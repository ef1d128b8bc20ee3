import { expect, test } from 'vitest';
import { closingComment, reopeningComment } from '../../../src/issues/text/comments.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';
import { putRules } from '../../support/service/put-rules.ts';

const match = { source: ['aws.access-analyzer'] };
const rule = (whenUnrouted?: 'leave' | 'close') => ({
  id: 'everything',
  match,
  action: 'issue',
  issue: { project: 'SEC', issueType: 'Task' },
  ...(whenUnrouted === undefined ? {} : { whenUnrouted }),
});
const ignoring = { id: 'nothing', match, action: 'ignore' };

test.each([
  ['says nothing', undefined, true, 'To Do'],
  ['says leave', 'leave', true, 'To Do'],
  ['says close', 'close', true, 'Done'],
  ['says close, but is gone', 'close', false, 'To Do'],
] as const)('an ACTIVE finding that the rules no longer send anywhere, and its rule %s', async (_, word, stays, status) => {
  const site = await openSite();
  const parts = await site.start({ rules: rulesOf([rule(word)]) });
  const finding = findingOf(numberedEvent(1, 0));
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  await putRules(site.store, stays ? [ignoring, rule(word)] : [ignoring]);
  await finish(site, parts, group);
  expect(site.jira.issues().map((issue) => issue.status)).toEqual([status]);
  const closed = status === 'Done';
  expect((await parts.record(finding.key))?.mapping).toMatchObject({ state: closed ? 'closed' : 'open', because: 'unrouted' });
  expect(site.jira.issues()[0]?.comments.map(({ body }) => body)).toEqual(closed ? [closingComment('unrouted')] : []);
  await putRules(site.store, [rule(word)]);
  await finish(site, parts, group);
  expect(site.jira.issues().map((issue) => issue.status)).toEqual(['To Do']);
  expect(site.jira.issues()[0]?.comments.map(({ body }) => body)).toEqual(
    closed ? [closingComment('unrouted'), reopeningComment('routed-again')] : [],
  );
});
