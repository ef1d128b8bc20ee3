import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GroupRecord } from '../../src/issues/group-record.ts';
import { FINDINGS } from '../../src/pipeline/records/finding-collections.ts';
import type { FindingRecord } from '../../src/pipeline/records/finding-record.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import { MAX_WRITES, put, type Store } from '../../src/pipeline/ports/store.ts';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { groupKey } from '../../src/issues/group-key.ts';
import { queueEvent } from './bench-events.ts';
import { keepFindings } from '../../test/support/findings/finding-records.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';
import { findingOf } from '../../test/support/findings/parsed.ts';
import { startServiceParts, testClock } from '../../test/support/service/service-parts.ts';

/** A finding and its group, as the service wrote them: texts in which everything that is the n-th finding's own is that of number 0. */
interface Template {
  readonly finding: string;
  readonly group: string;
  readonly groupKey: string;
  readonly issueKey: string;
  readonly issueId: string;
}

/** Findings of one commit, with their groups, and commits that are under way at once: the embedded store flushes them together. */
const PER_COMMIT = MAX_WRITES / 2;
const AT_ONCE = 64;

/** From the first finding to the next one, ms. */
const APART_MS = 10;

/** Puts findings from number 0 on into an empty store, every second one with an open issue, the others with a closed one. */
export async function seedFindings(store: Store, findings: number): Promise<void> {
  const templates = await writtenByService();
  await keepFindings(store, []);
  const startedAt = Date.now() - findings * APART_MS;
  const keep = async (from: number): Promise<void> => {
    const writes = range(Math.min(PER_COMMIT, findings - from)).flatMap((offset) => {
      const n = from + offset;
      const { finding, group } = numbered(templates[n % 2 === 0 ? 'open' : 'closed'], n, startedAt + n * APART_MS);
      return [put(FINDINGS, finding.finding.key, null, finding), put(GROUPS, group.group, null, group)];
    });
    const result = await store.commit(writes);
    if (!result.ok) throw new Error(`Not kept: ${result.because} ${result.id}`);
  };
  for (let from = 0; from < findings; from += PER_COMMIT * AT_ONCE) {
    const commits = range(AT_ONCE).map((nth) => from + nth * PER_COMMIT);
    await Promise.all(commits.filter((at) => at < findings).map(keep));
  }
}

/** Lets the service's own parts open the issue of a finding, and close it. */
async function writtenByService(): Promise<Record<'open' | 'closed', Template>> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-bench-'));
  const [jira, clock] = [await startJiraSimulator(), testClock()];
  const store = openEmbeddedStore(folder, clock);
  const parts = await startServiceParts({ store, jira, clock, working: false });
  try {
    const after = async (status: 'ACTIVE' | 'RESOLVED', minute: number): Promise<Template> => {
      const seen = findingOf(queueEvent(0, minute, status));
      const { group } = await parts.accept(seen);
      await parts.reconcile(group);
      const [finding, record] = [await parts.record(seen.key), await parts.group(group)];
      const issue = record?.issue ?? null;
      if (finding === null || record === null || issue === null) throw new Error('The finding has no issue');
      return { finding: JSON.stringify(finding), group: JSON.stringify(record), groupKey: group, issueKey: issue.key, issueId: issue.id };
    };
    return { open: await after('ACTIVE', 10), closed: await after('RESOLVED', 20) };
  } finally {
    await parts.stop();
    await store.close();
    await jira.close();
    rmSync(folder, { recursive: true });
  }
}

function numbered(template: Template, n: number, firstSeenAt: number): { readonly finding: FindingRecord; readonly group: GroupRecord } {
  const own = groupKey(findingOf(queueEvent(n, 10)), 'finding');
  const of = (text: string): string =>
    text
      .replaceAll('finding-0', `finding-${n}`)
      .replaceAll('queue-0', `queue-${n}`)
      .replaceAll(template.groupKey, own)
      .replaceAll(`"${template.issueKey}"`, `"SEC-${n + 1}"`)
      .replaceAll(`"${template.issueId}"`, `"${10_000 + n}"`);
  const [finding, group]: [FindingRecord, GroupRecord] = [JSON.parse(of(template.finding)), JSON.parse(of(template.group))];
  return { finding: { ...finding, firstSeenAt }, group: { ...group, firstSeenAt } };
}
