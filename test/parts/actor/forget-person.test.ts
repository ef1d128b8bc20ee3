import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { CHANGES, type ChangeRecord } from '../../../src/parts/actor/change-record.ts';
import { forgetPersonRoute } from '../../../src/parts/actor/forget-person.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../../support/admin/admin-server.ts';
import { keepFindings } from '../../support/findings/finding-records.ts';

const RECORD: ChangeRecord = {
  key: 'analyzer|finding',
  subject: {
    accountId: '444455556666',
    resource: 'arn:aws:s3:::billing-export',
    resourceType: 'AWS::S3::Bucket',
    region: 'us-west-2',
    kind: 'external',
    error: null,
    isPublic: true,
    sources: [],
  },
  state: 'found',
  after: 0,
  until: 1,
  answers: 1,
  attempts: 0,
  changed: {
    principal: 'dev@example.com',
    role: 'Deploy',
    session: 'dev@example.com',
    person: true,
    action: 'PutBucketPolicy',
    at: '2026-03-03T14:02:00.000Z',
    by: 'cli',
  },
  refusal: null,
  endedAt: null,
  dueAt: 100,
  expiresAt: 100,
  wantedAt: 1,
};

/** A store in which a person is named as often as it says, more often than a page holds. */
async function open(named: number): Promise<AdminFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-people-'));
  const store = openEmbeddedStore(folder, { now: () => Date.now(), monotonic: () => performance.now() });
  await keepFindings(store, []);
  for (let at = 0; at < named; at += 1) await store.commit([put(CHANGES, `444455556666 us-west-2 f-${at}`, null, RECORD)]);
  const route = forgetPersonRoute({ store, learn: async (_key, _because, alongside) => (await store.commit(alongside)).ok });
  const admin = await startAdmin([], { store, parts: [{ routes: [route] }] });
  onTestFinished(async () => {
    await admin.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return admin;
}

test('an operator lets a person be forgotten, whose name is in no audit', async () => {
  const { app, store, log } = await open(130);
  const url = '/api/v1/people/DEV%40example.com';
  const refused = await app.inject({ method: 'DELETE', url, headers: bearer(TOKENS.viewer) });
  expect(refused.statusCode).toBe(403);
  const answer = await app.inject({ method: 'DELETE', url, headers: bearer(TOKENS.operator) });
  expect([answer.statusCode, answer.json()]).toEqual([200, { findings: 130 }]);
  const [first] = await store.read(CHANGES, ['444455556666 us-west-2 f-0']);
  expect(first?.doc).toMatchObject({ state: 'forgotten', changed: null });
  const { items } = (await app.inject({ method: 'GET', url: '/api/v1/audit', headers: bearer(TOKENS.admin) })).json();
  expect(items).toMatchObject([{ actor: 'otto', action: 'people.forgotten', path: '/api/v1/people/:principal', after: { findings: 130 } }]);
  expect(JSON.stringify([items, log]).toLowerCase()).not.toContain('dev@example');
});

test('without the part there is no such route', async () => {
  const admin = await startAdmin([]);
  onTestFinished(() => admin.close());
  const answer = await admin.app.inject({ method: 'DELETE', url: '/api/v1/people/dana', headers: bearer(TOKENS.operator) });
  expect(answer.statusCode).toBe(404);
});
