import { expect, onTestFinished, test } from 'vitest';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { ask } from '../../support/admin/ask-admin.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const match = { source: ['aws.access-analyzer'] };
const rule = (dueInDays?: number) => ({
  id: 'everything',
  match,
  action: 'issue',
  issue: { project: 'SEC', issueType: 'Task', ...(dueInDays === undefined ? {} : { dueInDays }) },
});

/** A service on a Jira whose project requires a due date, with the admin API before it. */
async function open() {
  const site = await openSite({ projects: [{ key: 'SEC', required: ['duedate'] }, { key: 'PLAT' }] });
  const ignoring = { id: 'nothing', match, action: 'ignore' };
  const parts = await site.start({ rules: rulesOf([ignoring]), working: true });
  const { rules, operations, saveRules, evaluate } = parts;
  const admin: AdminFixture = await startAdmin([], { store: site.store, rules, operations, saveRules, evaluate });
  onTestFinished(() => admin.close());
  const put = (dueInDays: number | undefined, ifMatch: number, query = '') =>
    ask(admin, `/api/v1/rules${query}`, { method: 'PUT', body: { version: 1, rules: [rule(dueInDays)] }, ifMatch });
  return { site, parts, admin, put };
}

test('a rule without a field that its project requires is refused with the field, and with force saved with a warning', async () => {
  const { admin, put } = await open();
  const refused = await put(undefined, 1);
  const problem = {
    code: 'field-required',
    path: expect.stringMatching(/^rules\[0\]/),
    message: expect.stringMatching(/Due date.*duedate|duedate.*Due date/),
  };
  expect([refused.statusCode, refused.json()]).toMatchObject([422, { code: 'preflight-failed', errors: [problem] }]);
  expect((await ask(admin, '/api/v1/rules')).json()).toMatchObject({ revision: 1 });
  const forced = await put(undefined, 1, '?force=true');
  expect([forced.statusCode, forced.json()]).toMatchObject([200, { revision: 2, warnings: expect.arrayContaining([problem]) }]);
  expect((await put(3, 2)).json()).toMatchObject({ revision: 3 });
});

test('a dry run asks Jira as a save does, and counts what would open', async () => {
  const { site, parts, admin, put } = await open();
  await parts.accept(findingOf(numberedEvent(1, 0)));
  expect((await put(undefined, 1, '?dryRun=true')).json()).toMatchObject({
    code: 'preflight-failed',
    errors: [{ code: 'field-required' }],
  });
  expect((await put(undefined, 1, '?dryRun=true&force=true')).json()).toMatchObject({
    dryRun: true,
    warnings: expect.arrayContaining([expect.objectContaining({ code: 'field-required' })]),
    effects: { opens: { findings: 1, issues: 1 } },
  });
  expect((await put(3, 1, '?dryRun=true')).json()).toMatchObject({ dryRun: true, revision: 1, effects: { opens: { findings: 1 } } });
  expect((await ask(admin, '/api/v1/rules')).json()).toMatchObject({ revision: 1 });
  expect((await ask(admin, '/api/v1/audit')).json().items).toEqual([]);
  expect(site.created()).toBe(0);
});

test('a failure for want of a field: the rule is mended over HTTP, the issue opens, and the audit shows who did it', async () => {
  const { site, parts, admin, put } = await open();
  await put(undefined, 1, '?force=true');
  const finding = findingOf(numberedEvent(1, 0));
  await parts.accept(finding);
  const state = async () => (await parts.record(finding.key))?.mapping.state;
  await until(async () => (await state()) === 'failed', 'Jira has refused it');
  expect((await put(3, 2, '?comment=SEC%20wants%20a%20due%20date')).statusCode).toBe(200);
  await until(async () => (await state()) === 'open', 'the issue is open');
  expect(site.jira.issues()).toHaveLength(1);
  expect((await ask(admin, '/api/v1/audit?action=rules.saved')).json().items).toMatchObject([
    { actor: 'anna', after: { revision: 3, comment: 'SEC wants a due date', changes: { changed: { ids: ['everything'] } } } },
    { actor: 'anna', after: { revision: 2 } },
  ]);
});

test('a Jira that cannot be reached does not prevent a save', async () => {
  const { site, put } = await open();
  await site.jira.close();
  const saved = await put(undefined, 1);
  expect(saved.statusCode).toBe(200);
  expect(saved.json().warnings).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'not-checked' })]));
});
