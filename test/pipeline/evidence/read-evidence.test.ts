import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AUDIT, type AuditRecord } from '../../../src/pipeline/records/admin-collections.ts';
import { auditWrite } from '../../../src/pipeline/records/audit.ts';
import type { Evidence, LostEvidence, Period } from '../../../src/pipeline/evidence/evidence.ts';
import { createExportEvidence } from '../../../src/pipeline/evidence/export-evidence.ts';
import { readEvidence } from '../../../src/pipeline/evidence/read-evidence.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { RULE_REVISIONS } from '../../../src/pipeline/records/rule-collections.ts';
import { put, type Store, type Write } from '../../../src/pipeline/ports/store.ts';
import { checkedStore } from '../../../src/pipeline/recovery/checked-store.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import { newGroup } from '../../../src/issues/group-record.ts';
import { ruleChanges } from '../../../src/rules/rule-changes.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { findingRecord, keepFindings } from '../../support/findings/finding-records.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { redisServerPath, startRedis, type RedisServer } from '../../support/servers/redis-server.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { openSite } from '../../support/service/site.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';

const START = Date.parse('2026-03-01T11:00:00Z');
const ALL: Period = { from: 0, to: START + 1_000_000 };
const yielder = createYielder(testClock());

/** The n-th finding, first seen n ms after the start. */
function numbered(n: number, detail: object = {}, analyzerArn?: string) {
  const of = analyzerArn === undefined ? {} : { analyzerArn };
  return findingRecord(
    { detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, ...detail }, ...of },
    { group: `g-${n}`, firstSeenAt: START + n, history: [{ at: START + n, what: 'accepted', because: 'ACTIVE: new', issueKey: null }] },
  );
}

const groupsOf = (ns: readonly number[]): readonly Write[] =>
  ns.map((n) => put(GROUPS, `g-${n}`, null, newGroup(`g-${n}`, [numbered(n).finding.key], START)));

async function commit(store: Store, writes: readonly Write[]): Promise<void> {
  for (let at = 0; at < writes.length; at += 30) expect(await store.commit(writes.slice(at, at + 30))).toMatchObject({ ok: true });
}

async function collect(pages: AsyncIterable<readonly (Evidence | LostEvidence)[]>): Promise<readonly (Evidence | LostEvidence)[]> {
  const all: (Evidence | LostEvidence)[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

const idOf = (one: Evidence | LostEvidence): string => ('unreadable' in one ? one.unreadable : one.record.finding.findingId);

function known(all: readonly (Evidence | LostEvidence)[], id: string): Evidence {
  const found = all.find((one) => idOf(one) === id);
  if (found === undefined || 'unreadable' in found) throw new Error(`There is no evidence of ${id}`);
  return found;
}

const entry = (over: Partial<AuditRecord>): Write => {
  const {
    actor = 'otto',
    action = 'mapping.linked',
    target = 'finding-1',
    before = null,
    after = null,
    at = START,
    requestId = 'r',
  } = over;
  return auditWrite({ actor, path: '/', requestId }, { action, target, before, after }, at);
};

function suite(name: string, missing: boolean, open: () => Promise<Store>): void {
  describe.skipIf(missing)(`evidence, store: ${name}`, () => {
    test('has every finding of the period once, the oldest first, whatever is written meanwhile', async () => {
      const store = await open();
      await keepFindings(
        store,
        range(60).map((n) => numbered(n)),
      );
      await commit(store, groupsOf(range(60)));
      const pages = readEvidence({ store, yielder }, { from: 0, to: START + 70 });
      const first = (await pages.next()).value ?? [];
      // One that was handed out and one that was not change, one comes within the period, one after it.
      const keys = [numbered(0).finding.key, numbered(50).finding.key];
      const changed = (await store.read(FINDINGS, keys)).flatMap((stored) =>
        stored === null
          ? []
          : [put(FINDINGS, stored.id, stored.version, { ...stored.doc, severity: 'low' as const, updatedAt: START + 500 })],
      );
      await commit(store, [...changed, ...[65, 75].map((n) => put(FINDINGS, numbered(n).finding.key, null, numbered(n)))]);
      const all = [...first, ...(await collect(pages))];
      expect(all.map(idOf)).toEqual([...range(60), 65].map((n) => `finding-${n}`));
      expect([known(all, 'finding-0').record.severity, known(all, 'finding-50').record.severity]).toEqual(['high', 'low']);
      expect([known(all, 'finding-50').isPartial, known(all, 'finding-65').isPartial]).toEqual([false, true]);
    });

    test('has the revision in force at the decision, and its author', async () => {
      const store = await open();
      await keepFindings(
        store,
        range(30).map((n) => numbered(n)),
      );
      const changes = ruleChanges(null, { version: 1, rules: [] });
      await commit(
        store,
        range(12).map((n) =>
          put(RULE_REVISIONS, String(n), null, {
            revision: n,
            savedAt: START + 2 * n,
            savedBy: `by-${n}`,
            comment: null,
            base: null,
            changes,
          }),
        ),
      );
      const all = await collect(readEvidence({ store, yielder }, ALL));
      expect([0, 1, 5, 29].map((n) => known(all, `finding-${n}`).revision)).toMatchObject([
        { revision: 0, savedBy: 'by-0' },
        { revision: 0 },
        { revision: 2 },
        { revision: 11, savedBy: 'by-11' },
      ]);
    });

    test('has what people did to a finding and its group, and not to another one of the same id', async () => {
      const store = await open();
      const namesake = {
        ...numbered(2, { id: 'finding-1' }, 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Other'),
        group: 'g-2',
      };
      await keepFindings(store, [numbered(1), namesake, numbered(3)]);
      await commit(store, [
        entry({ target: 'finding-1', after: { group: 'g-1', issueKey: 'SEC-1' }, actor: 'anna' }),
        entry({ target: 'finding-1', after: { group: 'g-2', issueKey: 'SEC-2' } }),
        entry({ target: 'finding-3', after: { group: 'g-x', issueKey: null }, before: { issueKey: 'SEC-3' }, action: 'mapping.unlinked' }),
        entry({ target: 'g-3', action: 'failure.retried', at: START + 1 }),
        entry({ target: 'everything-else', action: 'rules.saved' }),
      ]);
      const all = await collect(readEvidence({ store, yielder }, ALL));
      const acts = all.map((one) => ('unreadable' in one ? [] : one.acts.map(({ action, by, issueKey }) => [action, by, issueKey])));
      expect(acts).toEqual([
        [['linked', 'anna', 'SEC-1']],
        [['linked', 'otto', 'SEC-2']],
        [
          ['unlinked', 'otto', 'SEC-3'],
          ['retried', 'otto', null],
        ],
      ]);
    });

    test('has the newest hundred acts, and says how many it leaves out', async () => {
      const store = await open();
      await keepFindings(store, [numbered(1)]);
      await commit(
        store,
        range(104).map((n) => entry({ at: START + n })),
      );
      const evidence = known(await collect(readEvidence({ store, yielder }, ALL)), 'finding-1');
      expect([evidence.acts.length, evidence.acts[0]?.at, evidence.actsLeftOut]).toEqual([100, START + 4, 4]);
    });

    test('is written down before it is handed out, also when the store must be checked first', async () => {
      const store = await open();
      await keepFindings(store, [numbered(1)]);
      let checks = 0;
      const refusing: Store = {
        ...store,
        commit: async (writes) => (checks === 0 ? { ok: false, because: 'suspect', id: 'epoch' } : store.commit(writes)),
      };
      const by = { actor: 'anna', path: '/api/v1/export', requestId: randomUUID() };
      const pages = await createExportEvidence({ store: checkedStore(refusing, async () => void (checks += 1)), yielder })(ALL, 'csv', by);
      const { items } = await store.page(AUDIT, { terms: ['action:evidence.exported'], limit: 10 });
      expect(items.map(({ doc }) => doc)).toMatchObject([{ ...by, target: 'findings', before: null, after: { format: 'csv' } }]);
      expect(checks).toBe(1);
      expect((await collect(pages)).map(idOf)).toEqual(['finding-1']);
    });
  });
}

suite('embedded', false, async () => (await openSite()).store);

let redis: RedisServer | null = null;
let installations = 0;
beforeAll(async () => {
  if (redisServerPath() !== null) redis = await startRedis();
});
afterAll(() => redis?.remove());
suite('redis', redisServerPath() === null, async () => {
  installations += 1;
  const store = await openRedisStore({ url: redis?.url ?? '', installation: `evidence-${installations}` });
  onTestFinished(() => store.close());
  return store;
});

test('a finding that can not be read is named, and one whose group can not be read is marked', async () => {
  const { store, folder } = await openSite();
  await keepFindings(
    store,
    range(4).map((n) => numbered(n)),
  );
  await commit(store, groupsOf(range(4)));
  spoilDocument(folder, FINDINGS.name, numbered(1).finding.key, '{');
  spoilDocument(folder, GROUPS.name, 'g-2', '[]');
  const all = await collect(readEvidence({ store, yielder }, { from: START + 1_000, to: START + 1_000_000 }));
  expect(all.map((one) => ('unreadable' in one ? one : [idOf(one), one.isPartial]))).toEqual([
    { unreadable: numbered(1).finding.key },
    ['finding-0', false],
    ['finding-2', true],
    ['finding-3', false],
  ]);
});
