import { expect, test } from 'vitest';
import { doc, paragraph, text } from '../../../src/issues/text/adf.ts';
import { markerOf } from '../../../src/issues/marker.ts';
import { issueDraft } from '../../support/findings/issue-route.ts';
import { scriptJira, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

/** Content that people put on an issue, nested deeper than any recursion goes. */
const LEVELS = 100_000;
const DEEP = '{"content":['.repeat(LEVELS) + ']}'.repeat(LEVELS);

const REF = { id: '1', key: 'SEC-1' };
const MARKER = markerOf('default', 'f-group', ['analyzer|finding'], 1);

/** Answers the one read as JSON with `DEEP` in the place of `"DEEP"`, and every write as done. */
function siteOf(reply: unknown, done: number): Promise<ScriptedJira> {
  return scriptJira(({ method, url }) => {
    if (url.endsWith('/myself')) return { status: 200, json: { accountId: 'me' } };
    return method === 'GET' ? { status: 200, text: JSON.stringify(reply).replace('"DEEP"', DEEP) } : { status: done };
  });
}

test.each<readonly [string, object, readonly string[]]>([
  ['is written to where the property has to change', {}, ['PUT /rest/api/3/issue/1/properties/findings-to-jira']],
  ['is not written to where the property is up to date', { written: {} }, []],
])('an issue with deep content in its property %s', async (_, ours, writes) => {
  const property = { ...MARKER.property, ...ours, more: 'DEEP' };
  const fields = { status: { name: 'To Do', statusCategory: { key: 'new' } }, project: { key: 'SEC' }, creator: { accountId: 'me' } };
  const changelog = { total: 0, histories: [] };
  const jira = await siteOf({ ...REF, fields, changelog, properties: { 'findings-to-jira': property } }, 200);
  const update = { draft: issueDraft(), fields: [], marker: MARKER, written: {} };
  expect(await trackerOf(jira.url).update(REF, update)).toMatchObject({ outcome: 'updated' });
  expect(jira.lines().filter((line) => !line.startsWith('GET'))).toEqual(writes);
});

const comment = (accountId: string, body: unknown): object => ({ author: { accountId }, created: new Date().toISOString(), body });
const WORDS = doc(paragraph(text('The analysis broke.')));
/** As Jira returns it: in parts, and with its additions. */
const SAID = {
  type: 'doc',
  content: [{ content: [{ text: 'The ana' }, { content: [{ text: 'lysis' }] }, { text: ' broke.' }] }, { text: 'x' }],
};

test.each<readonly [string, readonly object[], number]>([
  ['once', [comment('me', 'DEEP')], 1],
  ['not again', [comment('me', 'DEEP'), comment('me', SAID)], 0],
])('next to a comment that is nested deeply, ours is added %s', async (_, comments, times) => {
  const jira = await siteOf({ comments }, 201);
  expect(await trackerOf(jira.url).sayOnce(REF, WORDS, 60_000)).toBeNull();
  expect(jira.lines().filter((line) => line.startsWith('POST'))).toHaveLength(times);
});
