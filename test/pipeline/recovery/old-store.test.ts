import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

type Status = 'ACTIVE' | 'RESOLVED';

const HOUR_MS = 3_600_000;

/** One finding's life, an hour between two observations. */
async function emit(site: Site, parts: ServiceParts, from: number, statuses: readonly Status[]): Promise<void> {
  for (const [at, status] of statuses.entries()) {
    site.clock.forward(HOUR_MS);
    const finding: Finding = findingOf(numberedEvent(1, from + at, status));
    await finish(site, parts, (await parts.accept(finding)).group);
  }
}

interface History {
  readonly before: readonly Status[];
  readonly afterwards: readonly Status[];
  readonly next: Status;
  /** Lag of Jira's search when the copy is put back. */
  readonly indexLagMs?: number;
}

/** A copy of the store is put back that knows nothing of later changes; the messages of that time are gone. */
async function putBack({ before, afterwards, next, indexLagMs = 0 }: History): Promise<Site> {
  const site = await openSite();
  const folder = mkdtempSync(join(tmpdir(), 'f2j-old-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [live, copy] = [join(folder, 'live'), join(folder, 'copy')];
  let store = openEmbeddedStore(live, site.clock);
  await emit(site, await site.start({ store }), 0, before);
  await store.close();
  cpSync(live, copy, { recursive: true });
  store = openEmbeddedStore(live, site.clock);
  site.jira.faults.indexLagMs = indexLagMs;
  await emit(site, await site.start({ store }), before.length, afterwards);
  await store.close();
  cpSync(join(copy, 'store.sqlite'), join(live, 'store.sqlite'));
  for (const rest of ['store.sqlite-wal', 'store.sqlite-shm']) rmSync(join(live, rest), { force: true });
  store = openEmbeddedStore(live, site.clock);
  const parts = await site.start({ store });
  await parts.accept(findingOf(numberedEvent(1, before.length + afterwards.length, next)));
  const group = (await parts.record(findingOf(numberedEvent(1, 0)).key))?.group ?? '';
  await finish(site, parts, group);
  while (!(await parts.trust.isTrusted())) {
    site.clock.forward(31_000);
    await parts.trust.advance();
  }
  await finish(site, parts, group);
  await parts.stop();
  await store.close();
  return site;
}

describe('an old copy of the store is put back', () => {
  test.each<History & { readonly name: string; readonly status: string }>([
    { name: 'closed since, then ACTIVE again', before: ['ACTIVE'], afterwards: ['RESOLVED'], next: 'ACTIVE', status: 'To Do' },
    { name: 'reopened since, then RESOLVED', before: ['ACTIVE', 'RESOLVED'], afterwards: ['ACTIVE'], next: 'RESOLVED', status: 'Done' },
    {
      name: 'closed a moment before, which search does not show yet, then ACTIVE again',
      before: ['ACTIVE'],
      afterwards: ['RESOLVED'],
      next: 'ACTIVE',
      indexLagMs: 20_000,
      status: 'To Do',
    },
    { name: 'nothing happened since', before: ['ACTIVE'], afterwards: [], next: 'ACTIVE', status: 'To Do' },
  ])('an issue of which it knows: $name', async ({ status, ...history }) => {
    const site = await putBack(history);
    expect(site.jira.issues().map((issue) => issue.status)).toEqual([status]);
    expect(site.jira.issues()[0]?.comments).toHaveLength(
      site.jira.issues()[0]?.changelog.filter(({ field }) => field === 'status').length ?? -1,
    );
  });
});
