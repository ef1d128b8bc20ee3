import { NO_ACCOUNT_BOOK } from '../../../src/pipeline/rulebook/account-book.ts';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RULE_REVISIONS, RULE_SETS, RULES } from '../../../src/pipeline/records/rule-collections.ts';
import { EPOCHS } from '../../../src/pipeline/records/service-collections.ts';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import { createRuleBook } from '../../../src/pipeline/rulebook/rule-book.ts';
import { exportMissing, type RulesExport } from '../../../src/pipeline/rulebook/rules-export.ts';
import { EPOCH, put, type Store } from '../../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { keepFindings } from '../../support/findings/finding-records.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { testFolder } from '../../support/service/service-process.ts';
import { openSite } from '../../support/service/site.ts';

const rule = (id: string) => ({ id, match: { source: ['aws.access-analyzer'] }, action: 'ignore' });
const clock = testClock();

async function openStore(): Promise<Store> {
  const store = openEmbeddedStore(testFolder(), clock);
  onTestFinished(() => store.close());
  await keepFindings(store, []);
  return store;
}

function idsOf({ compiled }: { readonly compiled: ReturnType<typeof rulesOf> }): readonly string[] {
  return compiled.ruleSet.rules.map(({ id }) => id);
}

async function replace(store: Store, doc: { revision: number; rules?: ReturnType<typeof rulesOf>['ruleSet'] } | null): Promise<void> {
  const [pointer] = await store.read(RULES, ['current']);
  expect(await store.commit([put(RULES, 'current', pointer?.version ?? null, doc)])).toMatchObject({ ok: true });
}

describe('the current rules', () => {
  test('come from the file where the store has none, as revision 1 of the rules file', async () => {
    const store = await openStore();
    const rules = await createRuleBook(store, rulesOf([rule('a')]), clock, NO_ACCOUNT_BOOK).current();
    expect([rules.revision, idsOf(rules)]).toEqual([1, ['a']]);
    expect((await store.read(RULE_REVISIONS, ['1']))[0]?.doc).toMatchObject({
      revision: 1,
      savedBy: 'rules-file',
      comment: null,
      base: null,
      changes: { added: { ids: ['a'] } },
    });
    expect((await store.read(RULE_SETS, ['1']))[0]?.doc.rules.rules).toEqual([rule('a')]);
    // Another file changes nothing.
    expect(idsOf(await createRuleBook(store, rulesOf([rule('b')]), clock, NO_ACCOUNT_BOOK).current())).toEqual(['a']);
  });

  test('are put back under their number when the store was emptied under a running process', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule('a')]) });
    await changeRules(parts, [rule('b')]);
    const lost = site.emptyStore();
    const named = { identity: await lost.identity(), trusted: true, since: null, secondPass: false, nextPassAt: 0 };
    await lost.commit([put(EPOCHS, EPOCH.id, null, named)]);
    let store: Store = site.store;
    const moving: Store = {
      ...site.store,
      read: (from, ids) => store.read(from, ids),
      commit: (writes) => store.commit(writes),
      page: (from, query) => store.page(from, query),
    };
    const book = createRuleBook(moving, rulesOf([rule('a')]), clock, NO_ACCOUNT_BOOK);
    const before = await book.current();
    store = lost;
    const after = await book.current();
    expect([after.revision, idsOf(after)]).toEqual([2, ['b']]);
    expect(after).toBe(before);
    expect((await lost.read(RULE_REVISIONS, ['2']))[0]?.doc).toMatchObject({ revision: 2, savedBy: 'anna' });
    expect((await lost.read(RULE_SETS, ['2']))[0]?.doc.rules.rules).toEqual([rule('b')]);
  });

  test('do not reuse a number that a lost pointer had', async () => {
    const store = await openStore();
    await createRuleBook(store, rulesOf([rule('a')]), clock, NO_ACCOUNT_BOOK).current();
    await replace(store, null);
    const rules = await createRuleBook(store, rulesOf([rule('b')]), clock, NO_ACCOUNT_BOOK).current();
    expect([rules.revision, idsOf(rules)]).toEqual([2, ['b']]);
  });

  test('that can not be read are an error that names the places', async () => {
    const store = await openStore();
    await replace(store, { revision: 1 });
    await expect(createRuleBook(store, rulesOf([]), clock, NO_ACCOUNT_BOOK).current()).rejects.toThrow(
      /The rules in the store can't be read/,
    );
  });

  test('of an earlier revision are available as long as the store has them', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule('a')]) });
    await changeRules(parts, [rule('b')]);
    const old = await parts.rules.at(1);
    expect(old === null ? [] : idsOf(old)).toEqual(['a']);
    const current = await parts.rules.at(2);
    expect(current === null ? [] : idsOf(current)).toEqual(['b']);
    // Compiled once.
    expect(await parts.rules.current()).toBe(current);
    expect(await parts.rules.at(3)).toBeNull();
  });
});

describe('revisions that were not exported', () => {
  async function threeRevisions() {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule('a')]) });
    await changeRules(parts, [rule('b')]);
    await changeRules(parts, [rule('c')]);
    return site;
  }

  test('are exported at the next start, down to one that is there', async () => {
    const { store } = await threeRevisions();
    const written = new Map<number, string>([[1, 'there']]);
    const to: RulesExport = {
      has: async (revision) => written.has(revision),
      write: async ({ revision }, { rules }) => void written.set(revision, rules.map(({ id }) => id).join()),
    };
    await exportMissing(store, to, () => undefined);
    expect([...written].toSorted()).toEqual([
      [1, 'there'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  test('are reported when the disk refuses them', async () => {
    const { store } = await threeRevisions();
    const told: ServiceEvent[] = [];
    const to: RulesExport = { has: async () => false, write: () => Promise.reject(new Error('disk full')) };
    await exportMissing(store, to, (event) => void told.push(event));
    expect(told).toEqual([3, 2, 1].map((revision) => ({ what: 'rules-not-exported', revision, message: 'disk full' })));
  });
});
