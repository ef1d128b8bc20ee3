import { describe, expect, test } from 'vitest';
import { createDiagnoseCoverage } from '../../../src/pipeline/coverage/diagnose-coverage.ts';
import { readCoverage } from '../../../src/pipeline/coverage/read-coverage.ts';
import { ANALYZERS } from '../../../src/pipeline/records/analyzer-collections.ts';
import type { RuleSet } from '../../../src/rules/routing-rule.ts';
import { ANALYZER_ARN } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { bucket, openSwept, REGION, resolved, sweep, type SweptSite } from '../listing/swept-site.ts';

const MINUTE = 60_000;
const NO_RULES: RuleSet = { version: 1, rules: [] };

const recordIn = async ({ site }: SweptSite) => (await site.store.read(ANALYZERS, [ANALYZER_ARN]))[0]?.doc;
const codes = async ({ site }: SweptSite) => (await readCoverage(site.store)).warnings.map(({ code }) => code);

describe('events of an analyzer', () => {
  test('are noted with their time, at most once in ten minutes', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await parts.accept(findingOf(bucket(1)));
    const first = (await recordIn(all))?.lastEventAt ?? 0;
    expect(first).toBeGreaterThan(0);
    all.site.clock.forward(9 * MINUTE);
    await parts.accept(findingOf(bucket(2)));
    expect((await recordIn(all))?.lastEventAt).toBe(first);
    all.site.clock.forward(2 * MINUTE);
    await parts.accept(findingOf(bucket(3)));
    expect((await recordIn(all))?.lastEventAt).toBeGreaterThanOrEqual(first + 11 * MINUTE);
  });

  test('that do not come are missed when a listing has news, but not at the first one', async () => {
    const all = await openSwept();
    const parts = await all.start();
    for (const n of [1, 2]) all.aws.follow(bucket(n));
    expect(await sweep(all, parts)).toMatchObject({ added: 2 });
    expect(await codes(all)).toEqual([]);
    expect(await sweep(all, parts)).toMatchObject({ added: 0 });
    expect(await codes(all)).toEqual([]);
    all.aws.follow(bucket(3));
    all.aws.follow(resolved(1));
    await sweep(all, parts);
    expect(await recordIn(all)).toMatchObject({ lastEventAt: null, unannounced: { findings: 2 }, mismatch: { added: 1, missing: 1 } });
    expect(await codes(all)).toEqual(['events-missing']);
    // Nothing new does not say that the events come by now; an event does.
    await sweep(all, parts);
    expect(await codes(all)).toEqual(['events-missing']);
    await parts.accept(findingOf(bucket(4)));
    expect(await codes(all)).toEqual([]);
  });

  test('that come while a listing has news are not missed', async () => {
    const all = await openSwept();
    const parts = await all.start();
    await sweep(all, parts);
    for (const n of [1, 2]) all.aws.follow(bucket(n));
    await sweep(all, parts);
    all.site.clock.forward(30 * MINUTE);
    await parts.accept(findingOf(bucket(1, { analyzedAt: '2026-03-02T10:00:00Z', updatedAt: '2026-03-02T10:00:00Z' })));
    all.aws.follow(bucket(3));
    expect(await sweep(all, parts)).toMatchObject({ added: 1 });
    expect(await codes(all)).toEqual([]);
  });
});

describe('the doctor', () => {
  const other = `arn:aws:access-analyzer:${REGION}:111122223333:analyzer/unused`;
  const isPublic = { ruleName: 'hide-public', filter: { isPublic: { eq: ['true'] } } };
  const narrow = { ruleName: 'site', filter: { resource: { eq: ['arn:aws:s3:::site'] } } };
  const archive = { arn: ANALYZER_ARN, type: 'ORGANIZATION', status: 'ACTIVE', managedBy: null, archiveRules: [narrow, isPublic] } as const;

  async function diagnosed(all: SweptSite) {
    const parts = await all.start();
    await sweep(all, parts);
    return createDiagnoseCoverage({ store: all.site.store, source: all.source })(NO_RULES);
  }

  test('shows each Region and names broad archive rules', async () => {
    const all = await openSwept({ regions: [REGION, 'eu-west-1'] });
    all.aws.putAnalyzer(archive);
    all.aws.putAnalyzer({ ...archive, arn: other, type: 'ORGANIZATION_UNUSED_ACCESS', archiveRules: [] });
    all.aws.faults.disabledRegions = ['eu-west-1'];
    expect(await diagnosed(all)).toEqual([
      { check: 'coverage:eu-west-1', ok: false, message: expect.stringMatching(/could not be listed: denied/), advice: expect.any(String) },
      {
        check: `coverage:${REGION}`,
        ok: true,
        message: expect.stringMatching(
          /^analyzers: 1 ORGANIZATION(_UNUSED_ACCESS)?, 1 \w+; last event: none; last complete listing: \d.*Z, which had 0 new and 0 changed findings and lacked 0$/,
        ),
        advice: null,
      },
      {
        check: 'archive-rules',
        ok: false,
        message: `${ANALYZER_ARN}: rule hide-public archives findings of public access`,
        advice: expect.stringContaining('isPublic'),
      },
    ]);
  });

  test('has nothing against narrow rules, and says which right it lacks without calling it a fault', async () => {
    const all = await openSwept();
    all.aws.putAnalyzer({ ...archive, archiveRules: [narrow] });
    expect((await diagnosed(all)).at(-1)).toMatchObject({
      check: 'archive-rules',
      ok: true,
      message: 'None is broad; analyzers read: 1',
    });
    all.aws.faults.next.push({ on: 'ListArchiveRules', fault: 'AccessDeniedException' });
    const checks = await createDiagnoseCoverage({ store: all.site.store, source: all.source })(NO_RULES);
    expect(checks.at(-1)).toMatchObject({
      check: 'archive-rules',
      ok: true,
      message: expect.stringContaining('access-analyzer:ListArchiveRules'),
      advice: expect.stringContaining('Grant'),
    });
  });

  test('asks nothing before a sweep', async () => {
    const all = await openSwept();
    expect(await createDiagnoseCoverage({ store: all.site.store, source: all.source })(NO_RULES)).toEqual([]);
    expect(all.aws.history()).toEqual([]);
  });
});
