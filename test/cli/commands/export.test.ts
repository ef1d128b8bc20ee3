import { describe, expect, test } from 'vitest';
import { openCliSite } from '../../support/cli/cli-site.ts';
import { f2j } from '../../support/cli/f2j.ts';
import { serve } from '../../support/cli/serve.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { csvRecords } from '../../support/parse-csv.ts';

describe('f2j export', () => {
  test('writes what the service answers, each character of it, and passes the period on', async () => {
    const { admin, run } = await openCliSite();
    const name = 'é\u{1f512}\u202e\r\n"=1"';
    await admin.take(externalEvent({ detail: { id: 'one', resource: name } }));
    const csv = await run('admin', 'export');
    expect([csv.exitCode, csv.err]).toEqual([0, '']);
    expect(csvRecords(csv.out)).toMatchObject([{ findingId: 'one', resource: name }]);
    const { out } = await run('admin', 'export --from 2026-01-01T01:00:00+01:00 --format ndjson');
    expect(JSON.parse(out)).toMatchObject({ findingId: 'one', resource: name });
    expect((await run('admin', 'export --to 2026-01-01 --format ndjson')).out).toBe('');
    const { body } = await admin.ask('GET', '/api/v1/audit?action=evidence.exported', undefined, 'admin');
    expect(body['items']).toHaveLength(3);
  });

  test('says what is wrong with the period, the role and the terminal', async () => {
    const { run } = await openCliSite();
    const wrong = await run('admin', 'export --from yesterday');
    expect([wrong.exitCode, wrong.out, wrong.err]).toEqual([1, '', expect.stringMatching(/\(invalid-request\)[^]*from: /)]);
    expect(await run('admin', 'export --from 2026-02-01 --to 2026-01-01')).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/\(invalid-period\)[^]*What to do: Give --from a time before --to/),
    });
    expect((await run('operator', 'export')).exitCode).toBe(4);
    expect(await run('admin', 'export', { columns: 80 })).toMatchObject({
      exitCode: 2,
      out: '',
      err: 'f2j: Send the export to a file or a pipe: f2j export > evidence.csv\n',
    });
  });

  test('ends with an error when the answer breaks off, or comes from another server', async () => {
    const broken = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' }).write('record,findingId\r\n');
      setImmediate(() => response.destroy());
    });
    expect(await f2j(['export'], { env: { F2J_URL: broken } })).toMatchObject({
      exitCode: 3,
      err: expect.stringMatching(/^f2j: The answer of .* broke off, so what came is not complete: /),
    });
    const page = await serve((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Log in</p>'));
    expect(await f2j(['export'], { env: { F2J_URL: page } })).toMatchObject({
      exitCode: 3,
      out: '',
      err: expect.stringContaining('but not as the service does'),
    });
    expect((await f2j(['export'], { env: { F2J_URL: 'http://127.0.0.1:1' } })).err).toContain('does not answer: connect ECONNREFUSED');
  });
});
