import type { Browser, Page } from 'playwright-core';
import { newGroup } from '../../src/issues/group-record.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import type { FindingRecord } from '../../src/pipeline/records/finding-record.ts';
import { MAX_WRITES, put, type Store } from '../../src/pipeline/ports/store.ts';
import { openBrowser, watchPage } from '../../test/support/browser/open-browser.ts';
import { findingRecord, keepFindings } from '../../test/support/findings/finding-records.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';
import { until } from '../../test/support/until.ts';
import { startBenchService } from './bench-service.ts';
import { traceTasks, type TaskTimes } from './trace-tasks.ts';

/** What a person does in the page, and the longest task of the page's main thread meanwhile. */
export interface PageRow extends TaskTimes {
  readonly what: string;
  /** Rows of the table in the document, at most. */
  readonly drawn: number;
}

export interface PageBench {
  readonly findings: number;
  /** What the first view loads, as it is sent and without compression, bytes. */
  readonly sentBytes: number;
  readonly firstViewBytes: number;
  readonly rows: readonly PageRow[];
}

const DEADLINE_MS = 600_000;
const DAY_MS = 86_400_000;
/** Places that are jumped to in the whole list. */
const JUMPS = 40;
/** Between two keys of a person who types fast, ms. */
const KEY_MS = 60;
/** For what an act sets off to be drawn, ms. */
const REST_MS = 1_000;

/**
 * Fills an embedded store, starts the service on it as a separate process, and works in the page as a person would: scrolls through all findings,
 * searches, filters and sorts. An empty page beside them tells what the machine itself adds.
 */
export async function benchPage(findings: number): Promise<PageBench> {
  const rest = { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
  const service = await startBenchService({ rules: { version: 1, rules: [rest] }, seed: (store) => seed(store, findings) });
  const browser = await openBrowser();
  try {
    const { page } = await watchPage(browser, service.api);
    const loaded = await countBytes(page, async () => {
      await page.goto(`${service.api}/`);
      await page.getByText(/findings? known/).waitFor();
    });
    const rows: PageRow[] = [];
    for (const [what, act] of acts(service.api, findings)) rows.push({ what, ...(await measure(browser, page, act)) });
    await page.context().close();
    const { page: empty } = await watchPage(browser, service.api);
    rows.push({ what: 'an empty page that asks for as many', ...(await measure(browser, empty, scrollEmptyPage(service.api))) });
    return { findings, ...loaded, rows };
  } finally {
    await browser.close();
    await service.stop();
  }
}

type Act = (page: Page) => Promise<void>;

function acts(api: string, findings: number): readonly (readonly [string, Act])[] {
  const known = `${new Intl.NumberFormat('en').format(findings)} findings`;
  return [
    [
      'open the overview',
      async (page) => {
        await page.reload();
        await page.getByText(/findings? known/).waitFor();
      },
    ],
    [
      'open the findings',
      async (page) => {
        await page.goto(`${api}/#/findings`);
        await page.locator('tr.fixed').first().waitFor();
      },
    ],
    ['scroll through all findings', (page) => scrollToEnd(page, known)],
    ['jump about in all findings', jumpAbout],
    [
      'search, key by key',
      async (page) => {
        await page.evaluate('scrollTo(0, 0)');
        await page.getByLabel('Search').pressSequentially('bucket-7777', { delay: KEY_MS });
        await page.getByText(/^\d+ findings?$/).waitFor();
        await page.getByLabel('Search').fill('');
        await page.getByText(/^The newest/).waitFor();
      },
    ],
    [
      'filter',
      async (page) => {
        for (const severity of ['high', 'medium', 'low', '']) await choose(page, 'Severity', severity);
        for (const state of ['closed', 'ignored', '']) await choose(page, 'State', state);
      },
    ],
    [
      'sort by each column',
      async (page) => {
        for (const name of ['Severity', 'Resource', 'Account', 'State', 'Issue', 'Changed']) {
          await page.getByRole('button', { name, exact: true }).click();
          await page.getByText(/^Sorted among/).waitFor();
          await page.waitForTimeout(REST_MS);
        }
      },
    ],
    [
      'open a finding',
      async (page) => {
        await page.locator('.row-link').first().click();
        await page.getByText('Timeline').waitFor();
        await page.keyboard.press('Escape');
      },
    ],
  ];
}

async function choose(page: Page, label: string, value: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).selectOption(value);
  await page.waitForTimeout(REST_MS);
}

/** Scrolls to the end again and again until the list says that it is whole. */
async function scrollToEnd(page: Page, whole: string): Promise<void> {
  const end = page.getByText(whole, { exact: true });
  await page.evaluate(`globalThis.scrolling = setInterval(() => scrollTo(0, document.documentElement.scrollHeight), 16)`);
  await end.waitFor({ timeout: DEADLINE_MS });
  await page.evaluate('clearInterval(globalThis.scrolling)');
}

async function jumpAbout(page: Page): Promise<void> {
  for (const n of range(JUMPS)) {
    await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight * ${((n * 7) % JUMPS) / JUMPS})`);
    await until(async () => (await page.locator('tr.fixed').count()) > 0, 'rows are drawn', DEADLINE_MS);
    await page.mouse.wheel(0, 2_000);
  }
}

/** Scrolls in an empty page that asks for as many findings and does nothing with them: the machine and the service have the same to do. */
function scrollEmptyPage(api: string): Act {
  return async (page) => {
    await page.route(`${api}/empty`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><div></div>' }));
    await page.goto(`${api}/empty`);
    await page.evaluate(`(async () => {
      document.querySelector('div').style.height = '5000000px';
      const scrolling = setInterval(() => scrollTo(0, (scrollY + 10_000) % 5_000_000), 16);
      for (let cursor = ''; cursor !== undefined; ) {
        const text = await (await fetch('/api/v1/mappings?limit=200' + cursor)).text();
        const next = /"nextCursor":"([^"]+)"/.exec(text.slice(-500))?.[1];
        cursor = next === undefined ? undefined : '&cursor=' + encodeURIComponent(next);
      }
      clearInterval(scrolling);
    })()`);
  };
}

async function measure(browser: Browser, page: Page, act: Act): Promise<TaskTimes & { readonly drawn: number }> {
  let drawn = 0;
  let isDone = false;
  const counting = (async (): Promise<void> => {
    while (!isDone) {
      drawn = Math.max(drawn, await page.locator('tr.fixed').count());
      await page.waitForTimeout(REST_MS / 4);
    }
  })();
  const times = await traceTasks(browser, page, async () => {
    await act(page);
    await page.waitForTimeout(REST_MS);
  });
  isDone = true;
  await counting;
  return { ...times, drawn };
}

async function countBytes(page: Page, load: () => Promise<void>): Promise<Pick<PageBench, 'sentBytes' | 'firstViewBytes'>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  let [sentBytes, firstViewBytes] = [0, 0];
  session.on('Network.dataReceived', ({ dataLength }) => (firstViewBytes += dataLength));
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (sentBytes += encodedDataLength));
  await load();
  await session.detach();
  return { sentBytes, firstViewBytes };
}

async function seed(store: Store, findings: number): Promise<void> {
  const from = Date.now() - 30 * DAY_MS;
  const records = range(findings).map((n) => variedFinding(n, from + n));
  await keepFindings(store, records);
  for (let at = 0; at < findings; at += MAX_WRITES) {
    const writes = records.slice(at, at + MAX_WRITES).map(({ group, finding, firstSeenAt, mapping }) => {
      const { issue } = mapping;
      const kept = { ...newGroup(group, [finding.key], firstSeenAt), observedGeneration: 1 };
      const of = { projectKey: 'SEC', issueType: 'Task', ruleId: 'rest', lastApplied: 'closed', closedBecause: 'resolved' } as const;
      return put(GROUPS, group, null, issue === null ? kept : { ...kept, issue: { ...issue, ...of } });
    });
    const result = await store.commit(writes);
    if (!result.ok) throw new Error(`Not kept: ${result.because} ${result.id}`);
  }
}

/** Findings of many accounts, Regions and severities, at rest: a third is ignored, the others were fixed. */
function variedFinding(n: number, firstSeenAt: number): FindingRecord {
  const isIgnored = n % 3 === 0;
  const issue = {
    id: String(n),
    key: `SEC-${n}`,
    status: { name: 'Done', category: 'done' },
    openedAt: firstSeenAt,
    closedAt: null,
  } as const;
  return findingRecord(
    {
      account: String(111_122_223_000 + (n % 97)),
      detail: {
        id: `finding-${n}`,
        resource: `arn:aws:s3:::bucket-${n}-with-a-name-of-usual-length`,
        status: isIgnored ? 'ACTIVE' : 'RESOLVED',
      },
    },
    {
      group: `f-${n}`,
      firstSeenAt,
      severity: (['critical', 'high', 'medium', 'low'] as const)[n % 4] ?? 'low',
      ...(isIgnored ? { decision: { action: 'ignore', because: 'rule-ignores', ruleId: 'rest' } } : {}),
      mapping: {
        state: isIgnored ? 'ignored' : 'closed',
        because: isIgnored ? 'rule-ignores' : 'already-closed',
        projectKey: isIgnored ? null : 'SEC',
        issue: isIgnored ? null : issue,
        error: null,
      },
    },
  );
}
