import { expect, test } from 'vitest';
import { UNREADABLE } from '../../../src/pipeline/records/unreadable-collections.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { openCliSite } from '../../support/cli/cli-site.ts';

const ID = 'ab'.repeat(32);
const LETTER = {
  because: 'not-json',
  path: '',
  message: 'expected JSON',
  body: 'no \u001b[31mJSON',
  queueUrl: 'http://queue/one',
  times: 2,
  firstSeenAt: 1_000,
  lastSeenAt: 2_000,
};

test('dead letters are listed, shown by the beginning of an id, redriven and dismissed', async () => {
  const { admin, run } = await openCliSite();
  await admin.site.store.commit([put(UNREADABLE, ID, null, LETTER), put(UNREADABLE, 'cd'.repeat(32), null, LETTER)]);
  const { out } = await run('viewer', 'dead-letters', { columns: 80 });
  expect(out).toMatch(/^BECAUSE +EXPECTED +TIMES +LAST +ID\n(?:not-json +expected JSON +2 .*\n){2}$/);
  expect(out).toContain(`  ${ID.slice(0, 12)}\n`);
  expect((await run('operator', 'dead-letters show abab')).out).toMatch(
    /\nBecause {2}not-json: expected JSON\n[^]*\n\nno \\u\{1b\}\[31mJSON\n$/,
  );
  expect((await run('viewer', `dead-letters show ${ID}`)).out).toMatch(/\nThe body is shown to the roles operator and admin only\n$/);
  expect((await run('operator', 'dead-letters show x')).err).toMatch(/^f2j: No message has an id that begins with x\n/);

  const redriven = await run('operator', 'dead-letters redrive', { answers: ['y'] });
  expect(redriven.out).toMatch(/^Kept by the service: 2 messages\nDone\n {2}kept:\n {4}unreadable: 2\n$/);
  expect(redriven.err).toContain('Move about 2 messages back');

  expect(await run('operator', 'dead-letters dismiss abab', { answers: [''] })).toMatchObject({ exitCode: 1 });
  expect((await run('operator', 'dead-letters dismiss abab --yes')).out).toBe(`Dismissed: abab\n`);
  expect(JSON.parse((await run('viewer', 'dead-letters list -o json')).out)).toHaveLength(1);
});
