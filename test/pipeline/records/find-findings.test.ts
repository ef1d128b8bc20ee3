import { expect, onTestFinished, test } from 'vitest';
import { countFindings, eachPageOfFindings, pageOfFindings } from '../../../src/pipeline/records/find-findings.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { startAdmin } from '../../support/admin/admin-server.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';

const FIRST = Date.parse('2026-03-02T04:00:00Z');

/** 450 findings, of which every tenth has a name that begins with `rare`; all begin with the same three characters. */
async function storeWith(): Promise<Store> {
  const records = Array.from({ length: 450 }, (_, n) =>
    findingRecord(
      { detail: { id: `f${n}`, resource: `arn:aws:s3:::${n % 10 === 0 ? 'rare' : 'rarely'}-${n}` } },
      { firstSeenAt: FIRST + n },
    ),
  );
  const admin = await startAdmin(records);
  onTestFinished(() => admin.close());
  return admin.store;
}

test('a search whose index entries many others have finds every finding once, page by page', async () => {
  const store = await storeWith();
  const terms = ['q:rare-', 'findingStatus:ACTIVE'];
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof pageOfFindings>> = await pageOfFindings(store, {
      terms,
      limit: 7,
      ...(cursor === null ? {} : { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(7);
    seen.push(...page.items.map(({ doc }) => doc.finding.findingId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(Array.from({ length: 45 }, (_, n) => `f${440 - 10 * n}`));
});

test('counting and walking agree with the search', async () => {
  const store = await storeWith();
  expect(await countFindings(store, ['q:rare-'])).toBe(45);
  expect(await countFindings(store, ['q:rarely'])).toBe(405);
  expect(await countFindings(store, ['q:43'])).toBe(11);
  expect(await countFindings(store, [])).toBe(450);
  let walked = 0;
  for await (const { items } of eachPageOfFindings(store, ['q:rare'])) walked += items.length;
  expect(walked).toBe(450);
});
