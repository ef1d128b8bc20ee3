import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Facts } from '../../../src/issues/facts/facts.ts';
import type { Enricher } from '../../../src/pipeline/ports/enricher.ts';
import { testFolder } from '../../support/service/service-process.ts';
import { openCliSite } from '../../support/cli/cli-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';

/** What a name may hold: an escape sequence that clears the screen, a turn of the direction, a formula. */
const HOSTILE = '=cmd\u001b[2J\u202eevil\u0007';

describe('f2j findings', () => {
  test('goes over pages up to the limit, and says that there are more', async () => {
    const { admin, run } = await openCliSite();
    for (const n of range(3)) await admin.take(numberedEvent(n, 1));
    const { out, err } = await run('viewer', 'findings --limit 2 -o json');
    expect(JSON.parse(out)).toHaveLength(2);
    expect(err).toMatch(/^There are more: --limit /);
    expect(JSON.parse((await run('viewer', 'findings -o json --q bucket-1')).out)).toMatchObject([
      { resource: 'arn:aws:s3:::bucket-1', issue: { key: expect.any(String) } },
    ]);
    expect((await run('viewer', 'findings --account-id 123')).out).toBe('No finding matches\n');
    expect((await run('viewer', 'findings --severity awful')).err).toMatch(/'awful' is invalid/);
  });

  test('fits a terminal, and gives a pipe everything', async () => {
    const { admin, run } = await openCliSite();
    const resource = `arn:aws:s3:::${'long-name-'.repeat(6)}`;
    await admin.take(externalEvent({ detail: { id: '90b38c74-1b1c-40c2-870f-82dda11b7e1a', resource } }));
    for (const columns of [80, 120, 200]) {
      const { out } = await run('viewer', 'findings', { columns });
      expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
      // An id that was cut could not be used in the next command.
      expect(out).toContain('  90b38c74-1b1c-40c2-870f-82dda11b7e1a\n');
      expect(out.includes('REGION')).toBe(columns > 80);
    }
    expect((await run('viewer', 'findings')).out).toContain('long-name-'.repeat(6));
  });

  test('never passes on a character that a terminal or a spreadsheet obeys', async () => {
    const { admin, run } = await openCliSite();
    await admin.take(externalEvent({ detail: { id: 'f-1', resource: `arn:aws:s3:::${HOSTILE}` } }));
    const file = join(testFolder(), 'rules.yaml');
    writeFileSync(file, JSON.stringify({ version: 1, rules: [], accounts: { 111122223333: { name: HOSTILE } } }));
    const outputs = [
      await run('viewer', 'findings', { columns: 120 }),
      await run('viewer', 'findings'),
      await run('viewer', 'findings -o csv'),
      await run('viewer', 'findings -o json'),
      await run('viewer', 'findings -o yaml'),
      await run('viewer', 'why f-1', { columns: 120 }),
      await run('viewer', ['why', HOSTILE]),
      await run('viewer', [HOSTILE]),
      await run('admin', ['rules', 'diff', file]),
      await run('admin', ['rules', 'apply', file, '--comment', HOSTILE, '--yes']),
      await run('viewer', 'rules history'),
      await run('viewer', 'rules get', { columns: 80 }),
      await run('operator', ['pause', '--reason', HOSTILE, '--yes']),
      await run('viewer', 'pauses', { columns: 120 }),
    ];
    for (const { out, err } of outputs) expect(`${out}${err}`.replaceAll(/[\n\r]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(outputs[0]?.out).toContain('=cmd\\u{1b}[2J\\u{202e}evil\\u{7}');
    expect(JSON.parse(outputs[3]?.out ?? '')).toMatchObject([{ resource: `arn:aws:s3:::${HOSTILE}` }]);
  });

  test('is shown again and again with --watch, until Ctrl-C', async () => {
    const { admin, run } = await openCliSite();
    let times = 0;
    const { exitCode, out, err } = await run('viewer', 'findings --watch', {
      columns: 80,
      onSleep: async (interrupt) => {
        times += 1;
        if (times === 1) await admin.take(numberedEvent(1, 1));
        else interrupt();
      },
    });
    expect([exitCode, err]).toEqual([130, 'f2j: Interrupted\n']);
    expect(out.match(/Every 2 s/g)).toHaveLength(2);
    expect(out).toMatch(/No finding matches[^]*finding-1\n$/);
  });
});

describe('f2j why', () => {
  test('tells state, history, each rule and the next step; also by the key of the issue', async () => {
    const { admin, run } = await openCliSite();
    await admin.take(numberedEvent(1, 1));
    const { out } = await run('viewer', 'why finding-1');
    expect(out).toMatch(/^Finding {3}finding-1 \(ACTIVE, \w+\)\nResource {2}arn:aws:s3:::bucket-1/);
    expect(out).toMatch(/\nHistory\n.*accepted: [^]*created: .* \(SEC-1\)\n {4}POST \/issue answered 201\n/);
    expect(out).toMatch(/\nThe current rules say: issue by everything .*\n {2}✓ everything\n/);
    expect(out).toMatch(/\nNext step: nothing \(already-open\)\n$/);
    expect((await run('viewer', 'why SEC-1')).out.split('\n')[0]).toBe(out.split('\n')[0]);
    expect(JSON.parse((await run('viewer', 'why SEC-1 -o json')).out)).toMatchObject({
      mapping: { findingId: 'finding-1' },
      evaluation: { trace: [{ matched: true }] },
    });
    expect(await run('viewer', 'why SEC-99')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('No finding has the issue SEC-99'),
    });
    expect(await run('viewer', 'why nothing')).toMatchObject({ exitCode: 1, err: expect.stringContaining('(mapping-not-found)') });
    expect(await run('viewer', 'why SEC-1 -o csv')).toMatchObject({ exitCode: 2 });
  });

  test('tells owner and actor, and to admins what the audit has of this finding', async () => {
    const changed = { principal: 'dana', role: 'Deploy', session: 'run-1', person: false, action: 'PutBucketPolicy', by: 'cli' } as const;
    const contact = { name: 'Security', email: 'security@example.com' };
    const facts: Facts = {
      changed: { ...changed, at: '2026-03-01T10:00:00.000Z' },
      owner: { resourceTags: {}, accountTags: {}, contact },
    };
    const enricher: Enricher = {
      name: 'made-up',
      want: () => Promise.resolve(false),
      known: (findings) => Promise.resolve(new Map(findings.map(({ key }) => [key, { facts, awaited: false }]))),
      start: () => undefined,
      stop: () => Promise.resolve(),
    };
    const part = { name: 'made-up', enricher, diagnose: () => Promise.resolve([]), routes: [] };
    const { admin, run } = await openCliSite({ parts: { startParts: () => [part] } });
    for (const n of [1, 2]) await admin.take(numberedEvent(n, 1));
    for (const n of [1, 2]) await admin.ask('POST', `/api/v1/mappings/finding-${n}/reconcile`);
    const { out } = await run('admin', 'why finding-1');
    expect(out).toMatch(
      /\nOwner {5}Security \(security-contact: security@example\.com\)\nChanged {3}dana, role Deploy, session run-1, PutBucketPolicy, cli, /,
    );
    expect(out).toMatch(/ {2}asked: by otto /);
    expect(out).toMatch(/\nAudit\n {2}\S+ {2}mapping\.reconciled by otto \(request \S+\)\n\nThe current rules say/);
    expect(JSON.parse((await run('admin', 'why finding-1 -o json')).out).audit).toHaveLength(1);
    // The audit is for admins alone.
    expect((await run('operator', 'why finding-1')).out).not.toContain('\nAudit\n');
    expect(JSON.parse((await run('viewer', 'why finding-1 -o json')).out).audit).toBeNull();
  });
});

describe('f2j status, doctor, pauses, sweep and dead letters', () => {
  test('status says in one sentence what to do first', async () => {
    const { run } = await openCliSite();
    expect((await run('viewer', 'status', { columns: 80 })).out).toMatch(
      /^A queue does not answer\nFirst: f2j doctor\n\nFindings {2}none\n/,
    );
    expect(JSON.parse((await run('viewer', 'status -o json')).out)).toMatchObject({ version: '1.2.3', governor: { inFlight: 1 } });
  });

  test('doctor ends with 1 where a check found a problem, and says what to do', async () => {
    const wrong = { check: 'jira-clock', ok: false, message: 'It is late', advice: 'Set the clock' };
    const { run } = await openCliSite({ deps: { doctor: async () => [{ ...wrong, check: 'fine', ok: true }, wrong] } });
    const { exitCode, out, err } = await run('operator', 'doctor');
    expect(exitCode).toBe(1);
    expect(out).toBe('✓ fine: It is late\n✗ jira-clock: It is late\n    What to do: Set the clock\n');
    expect(err).toBe('f2j: 1 check of 2 found a problem\n');
    expect((await run('operator', 'doctor -o csv')).out).toBe(
      'check,ok,message,advice\r\nfine,true,It is late,Set the clock\r\njira-clock,false,It is late,Set the clock\r\n',
    );
  });

  test('a pause ends by itself or by resume, and release lets held findings go in spite of it', async () => {
    const { admin, run } = await openCliSite();
    const before = Date.now();
    const paused = await run('operator', 'pause --for 2h --reason Migration', { answers: ['y'] });
    expect(paused.err).toMatch(/^Pause everything until \S+Z\? /);
    const [pause] = JSON.parse((await run('viewer', 'pauses -o json')).out);
    expect(pause).toMatchObject({ scope: 'all', by: 'otto', reason: 'Migration' });
    expect(Date.parse(pause.until) - before).toBeGreaterThanOrEqual(7_200_000);
    expect(await run('operator', 'pause rule:nothing --until 2099-01-01T00:00:00Z --yes')).toEqual({
      exitCode: 0,
      out: 'Paused: rule:nothing until 2099-01-01T00:00:00.000Z\n',
      err: expect.stringMatching(/^Warning: No rule has the id nothing/),
    });
    await admin.take(numberedEvent(1, 1));
    expect((await run('operator', 'release --severity low --yes')).out).toBe('Nothing is held\n');
    expect((await run('operator', 'release --yes')).out).toBe('Released: 1 finding\n');
    expect((await run('operator', 'resume')).out).toBe('Resumed: everything\n');
    expect((await run('operator', 'resume')).err).toMatch(/\(pause-not-found\)/);
  });

  test('a sweep shows its progress to people only, and what it would do', async () => {
    const { admin, run } = await openCliSite();
    await admin.take(numberedEvent(1, 1));
    const { exitCode, out, err } = await run('operator', 'sweep --dry-run', { columns: 80 });
    expect([exitCode, out]).toEqual([
      0,
      expect.stringMatching(/^A sweep would do this; nothing was changed\n {2}dryRun: true\n {2}found: 1\n/),
    ]);
    expect(err).toMatch(/\rsweep|\u001b\[K/);
    expect((await run('operator', 'sweep --dry-run -o json')).err).toBe('');
    const started = await run('operator', 'sweep --dry-run --no-wait');
    const [, id = ''] = /f2j operation (\S+)/.exec(started.err) ?? [];
    expect((await run('viewer', `operation ${id}`)).out).toMatch(/^sweep: done, \d+ of /);
    expect((await run('operator', `operation ${id} --cancel -o json`)).exitCode).toBe(0);
  });

  test('Ctrl-C leaves an operation running and says how to look at it', async () => {
    const opened = Promise.withResolvers<void>();
    const gate = { passed: Promise.resolve() };
    const { admin, run } = await openCliSite({
      parts: { wrapTracker: (tracker) => ({ ...tracker, ours: (...asked) => gate.passed.then(() => tracker.ours(...asked)) }) },
    });
    gate.passed = opened.promise;
    onTestFinished(() => opened.resolve());
    const { exitCode, err } = await run('operator', 'sweep', { onSleep: (interrupt) => interrupt() });
    expect([exitCode, err]).toEqual([
      130,
      expect.stringMatching(/^The operation goes on: f2j operation \S+, or with --cancel\nf2j: Interrupted\n$/),
    ]);
    const [, id = ''] = /operation (\S+),/.exec(err) ?? [];
    expect((await admin.ask('GET', `/api/v1/operations/${id}`)).body).toMatchObject({ state: 'running' });
    expect((await run('operator', `operation ${id} --cancel`)).out).toMatch(/^sweep: cancelled/);
    expect(await run('viewer', `operation ${id}`)).toMatchObject({ exitCode: 1, err: 'f2j: The operation sweep was cancelled\n' });
  });
});
