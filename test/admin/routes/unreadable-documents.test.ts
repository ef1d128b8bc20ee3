import { expect, test } from 'vitest';
import { IDEMPOTENCY } from '../../../src/pipeline/records/admin-collections.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { UNREADABLE } from '../../../src/pipeline/records/unreadable-collections.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { openAdminSite, type AdminSite } from '../../support/admin/admin-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';
import { until } from '../../support/until.ts';

const eventOf = (id: string): ReturnType<typeof externalEvent> => externalEvent({ detail: { id, resource: `arn:aws:s3:::${id}` } });

/** Three findings whose issues Jira has refused. @returns their groups */
async function threeFailed({ site, take }: AdminSite): Promise<readonly string[]> {
  const refused = { on: 'POST /issue', fault: 'status', status: 400, body: { errorMessages: ['no'] } } as const;
  site.jira.faults.next.push(refused, refused, refused);
  return [await take(eventOf('one')), await take(eventOf('two')), await take(eventOf('three'))];
}

test('a finding that can not be read is answered with its own code and place; lists go on without it', async () => {
  const opened = await openAdminSite();
  await threeFailed(opened);
  const { key } = findingOf(eventOf('two'));
  spoilDocument(opened.site.folder, FINDINGS.name, key, '{');
  const one = await opened.ask('GET', '/api/v1/mappings/two');
  expect(one).toMatchObject({
    status: 500,
    body: { code: 'document-unreadable', detail: `The document findings/${key} can't be read: not-json` },
  });
  const { analyzerArn } = findingOf(eventOf('two'));
  expect((await opened.ask('GET', `/api/v1/mappings/two?analyzerArn=${analyzerArn}`)).body).toMatchObject({ code: 'document-unreadable' });
  expect((await opened.ask('GET', '/api/v1/mappings')).body['items']).toMatchObject([{ findingId: 'three' }, { findingId: 'one' }]);
  expect((await opened.ask('GET', '/api/v1/mappings/one')).status).toBe(200);
  expect((await opened.ask('GET', '/api/v1/status')).body).toMatchObject({ failures: 3, mappings: { failed: 3 } });
});

test('a bulk retry passes over groups that can not be read, or whose findings can not, and ends', async () => {
  const opened = await openAdminSite();
  const groups = await threeFailed(opened);
  spoilDocument(opened.site.folder, GROUPS.name, groups[1] ?? '', '[]');
  spoilDocument(opened.site.folder, FINDINGS.name, findingOf(eventOf('three')).key, '{}');
  expect((await opened.ask('POST', `/api/v1/failures/${groups[1]}/retry`, {})).body).toMatchObject({ code: 'document-unreadable' });
  const started = await opened.ask('POST', '/api/v1/failures/retry', { filter: {} });
  expect(started.status).toBe(202);
  const operation = async (): Promise<object> => (await opened.ask('GET', String(started.headers['location']))).body;
  await until(async () => Object(await operation()).state === 'done', 'the retry has ended');
  expect(await operation()).toMatchObject({ result: { retried: 1 } });
});

test('a kept message that can not be read itself is dismissed all the same, once', async () => {
  const { site, ask } = await openAdminSite();
  const kept = { because: 'not-json', path: '', message: '', body: '{', queueUrl: '', times: 1, firstSeenAt: 1, lastSeenAt: 1 };
  await site.store.commit([put(UNREADABLE, 'kept', null, kept)]);
  spoilDocument(site.folder, UNREADABLE.name, 'kept', '{');
  const url = '/api/v1/dead-letters/kept';
  expect((await ask('GET', url)).body).toMatchObject({ code: 'document-unreadable' });
  const answers = [await ask('DELETE', url), await ask('DELETE', url)];
  expect(answers[0]).toMatchObject({ status: 200, body: { id: 'kept', dismissedBy: 'otto' } });
  expect(answers[1]).toEqual(answers[0]);
  const audit = await ask('GET', '/api/v1/audit?action=dead-letter.dismissed', undefined, 'admin');
  expect(audit.body['items']).toMatchObject([{ actor: 'otto', target: 'kept', before: null, after: null }]);
  expect((await ask('GET', url)).status).toBe(404);
});

test('a kept answer that can not be read does not let the request be carried out twice', async () => {
  const opened = await openAdminSite();
  const headers = { 'idempotency-key': 'once' };
  expect((await opened.ask('POST', '/api/v1/sweeps', {}, 'operator', headers)).status).toBe(202);
  const { items } = await opened.site.store.page(IDEMPOTENCY, { terms: [], limit: 1 });
  spoilDocument(opened.site.folder, IDEMPOTENCY.name, items[0]?.id ?? '', '{');
  expect((await opened.ask('POST', '/api/v1/sweeps', {}, 'operator', headers)).body).toMatchObject({ code: 'document-unreadable' });
});
