import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { DoctorCheck, Diagnose } from '../../../src/pipeline/ports/doctor-check.ts';
import { createDoctor } from '../../../src/pipeline/runtime/doctor.ts';
import { createDiagnoseAnalyzer } from '../../../src/pipeline/runtime/diagnose-analyzer.ts';
import { createDiagnoseStore } from '../../../src/pipeline/runtime/diagnose-store.ts';
import type { Answered, DetailsSource, FindingDetails, FindingRef, RefusalCode } from '../../../src/pipeline/ports/details-source.ts';
import { REFUSAL_CODES } from '../../../src/pipeline/ports/details-source.ts';
import type { RuleBook } from '../../../src/pipeline/rulebook/rule-book.ts';
import type { RuleSet } from '../../../src/rules/routing-rule.ts';
import { StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { openSite } from '../../support/service/site.ts';

const well = (check: string): DoctorCheck => ({ check, ok: true, message: 'It answers', advice: null });
const NO_RULES: RuleSet = { version: 1, rules: [] };

describe('the doctor', () => {
  test('checks every part, with the current rules', async () => {
    const site = await openSite();
    const { rules } = await site.start();
    const seen: unknown[] = [];
    const part = (name: string): Diagnose => {
      return async (ruleSet) => {
        seen.push(ruleSet.rules.map(({ id }) => id));
        return [well(name)];
      };
    };
    expect(await createDoctor({ rules, parts: { one: part('one'), two: part('two') } })()).toEqual([well('one'), well('two')]);
    expect(seen).toEqual([['everything'], ['everything']]);
  });

  test('goes on where a part fails, does not answer, or the rules are unknown', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const rules: RuleBook = {
      current: () => Promise.reject(new StoreUnavailable('gone')),
      at: () => Promise.reject(new StoreUnavailable('gone')),
    };
    const parts: Record<string, Diagnose> = {
      fails: () => Promise.reject(new Error('broken')),
      hangs: () => new Promise(() => {}),
      works: async (ruleSet) => [{ ...well('works'), message: `${ruleSet.rules.length} rules` }],
    };
    const found = createDoctor({ rules, parts })();
    await vi.advanceTimersByTimeAsync(26_000);
    expect(await found).toEqual([
      { check: 'fails', ok: false, message: 'broken', advice: expect.any(String) },
      { check: 'hangs', ok: false, message: 'no answer within 25 s', advice: expect.any(String) },
      { check: 'works', ok: true, message: '0 rules', advice: null },
    ]);
  });
});

describe('the check of the store', () => {
  const verdicts = async (diagnose: Diagnose): Promise<unknown> =>
    (await diagnose(NO_RULES)).map(({ check, ok, advice }) => [check, ok, advice !== null]);

  test('finds nothing wrong with a good store', async () => {
    const site = await openSite();
    const { trust } = await site.start();
    expect(await verdicts(createDiagnoseStore({ ...site.store, store: site.store, trust }))).toEqual([
      ['store-reachable', true, false],
      ['store-trusted', true, false],
      ['store-settings', true, false],
      ['store-documents', true, false],
    ]);
  });

  test('names the first documents that can not be read, how many there are, and what to do, until they can be read again', async () => {
    const site = await openSite();
    const { trust, accept } = await site.start();
    const texts = new Map<string, string>();
    for (let n = 0; n < 7; n += 1) {
      const { group } = await accept(findingOf(externalEvent({ detail: { id: `f-${n}`, resource: `arn:aws:s3:::b${n}` } })));
      texts.set(group, JSON.stringify((await site.store.read(GROUPS, [group]))[0]?.doc));
      spoilDocument(site.folder, GROUPS.name, group, '{');
    }
    for (const group of texts.keys()) await expect(site.store.read(GROUPS, [group])).rejects.toThrow(group);
    const diagnose = createDiagnoseStore({ ...site.store, store: site.store, trust });
    const [first = ''] = texts.keys();
    expect((await diagnose(NO_RULES)).at(-1)).toMatchObject({
      check: 'store-documents',
      ok: false,
      message: expect.stringMatching(new RegExp(`^7 can't be read: groups/${first} \\(not-json\\), .* and 2 more$`)),
      advice: expect.stringContaining('Do not delete'),
    });
    for (const [group, text] of texts) spoilDocument(site.folder, GROUPS.name, group, text);
    expect((await diagnose(NO_RULES)).at(-1)).toMatchObject({ check: 'store-documents', ok: true });
  });

  test('reports settings that lose records, and a new store', async () => {
    const site = await openSite();
    const { trust } = await site.start();
    const settings = async (): Promise<readonly string[]> => ['appendonly is off', 'maxmemory-policy is allkeys-lru'];
    const suspect = { ...trust, isTrusted: async () => false };
    expect(
      await verdicts(
        createDiagnoseStore({ store: site.store, trust: suspect, settings, memory: async () => null, unreadable: async () => [] }),
      ),
    ).toEqual([
      ['store-reachable', true, false],
      ['store-trusted', false, true],
      ['store-settings', false, true],
      ['store-settings', false, true],
      ['store-documents', true, false],
    ]);
  });

  test.each([
    ['without a limit', { used: 900_000_000, limit: null }, true, /^It uses 900 MB with 1 findings; maxmemory is not set$/],
    [
      'with room',
      { used: 70_000_000, limit: 100_000_000 },
      true,
      /needs 70 MB for them; maxmemory is 100 MB, with room for about 2500 more$/,
    ],
    ['nearly full', { used: 80_000_001, limit: 100_000_000 }, false, /with room for about 0 more$/],
    ['too small for the findings that it has', { used: 1_000, limit: 4_900 }, false, /maxmemory is 0 MB/],
  ])('compares what the findings need with the memory of the store: %s', async (_, memory, ok, message) => {
    const site = await openSite();
    const { trust, accept } = await site.start();
    await accept(findingOf(externalEvent()));
    const checks = await createDiagnoseStore({ ...site.store, store: site.store, trust, memory: async () => memory })(NO_RULES);
    const found = checks.find(({ check }) => check === 'store-memory');
    expect(found).toMatchObject({ ok, message: expect.stringMatching(message) });
    expect(found?.advice ?? 'none').toMatch(ok ? /^none$/ : /raise maxmemory/);
  });

  test('reports a store that does not answer', async () => {
    const site = await openSite();
    const { trust } = await site.start();
    const store: Store = { ...site.store, now: () => Promise.reject(new StoreUnavailable('ECONNREFUSED')) };
    const found = await createDiagnoseStore({
      store,
      trust,
      settings: async () => [],
      memory: async () => null,
      unreadable: async () => [],
    })(NO_RULES);
    expect(found).toEqual([
      { check: 'store-reachable', ok: false, message: 'The store does not answer: ECONNREFUSED', advice: expect.any(String) },
    ]);
  });
});

describe('the check of Access Analyzer', () => {
  function source(answer: Answered<FindingDetails>, asked: FindingRef[] = []): DetailsSource {
    return {
      async read(ref, acquireSlot) {
        asked.push(ref);
        return (await acquireSlot()).granted ? answer : { ok: false, refusal: refusalOf('throttled') };
      },
      recommend: () => Promise.reject(new Error('no recommendation was expected')),
      close: () => undefined,
    };
  }
  const refusalOf = (code: RefusalCode) => ({ code, message: 'no', afterMs: null, concerns: 'finding' }) as const;
  const told = { ok: true, value: { status: 'ACTIVE', updatedAt: '2026-03-01T10:00:00.000Z', list: [], isCut: false } } as const;

  test('asks about the newest active finding whose id Access Analyzer knows, once', async () => {
    const site = await openSite();
    const parts = await site.start();
    const asked: FindingRef[] = [];
    const diagnose = createDiagnoseAnalyzer({ store: site.store, source: source(told, asked) });
    expect(await diagnose(NO_RULES)).toMatchObject([{ check: 'access-analyzer', ok: true, message: expect.stringContaining('Not asked') }]);
    const finding = findingOf(externalEvent());
    const hubOnly = findingOf(externalEvent({ detail: { id: `${finding.analyzerArn}/arn:aws:s3:::billing-export` } }));
    await parts.accept(hubOnly);
    expect(await diagnose(NO_RULES)).toMatchObject([{ ok: true, message: expect.stringContaining('Not asked') }]);
    await parts.accept(finding);
    expect(await diagnose(NO_RULES)).toMatchObject([{ ok: true, message: `It answered about ${finding.findingId}` }]);
    expect(asked).toEqual([{ analyzerArn: finding.analyzerArn, findingId: finding.findingId }]);
  });

  test.each(REFUSAL_CODES)('reports of %s whether anything is to be done', async (code) => {
    const site = await openSite();
    const parts = await site.start();
    await parts.accept(findingOf(externalEvent()));
    const [found] = await createDiagnoseAnalyzer({ store: site.store, source: source({ ok: false, refusal: refusalOf(code) }) })(NO_RULES);
    const isFine = code === 'throttled' || code === 'gone';
    const some: unknown = expect.any(String);
    expect(found).toEqual({ check: 'access-analyzer', ok: isFine, message: `${code}: no`, advice: isFine ? null : some });
  });
});
