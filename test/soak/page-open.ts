import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { chromePath, openBrowser, watchPage, type WatchedPage } from '../support/browser/open-browser.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { until } from '../support/until.ts';
import type { Scenario, SoakResult } from './scenario.ts';
import { bucketEvent, openSweptService, type SweptService } from './swept-service.ts';

const FINDINGS = 300;
const CALLS_A_SECOND = 50;
const START_MS = 300_000;
/** Between two events of AWS, ms. */
const EVENT_MS = 250;
/** Between two things that a person does, ms. */
const ACT_MS = 2_000;
/** The first measurement comes after this part of the time: by then all code has run, and is compiled. */
const FIRST_LOOK = 0.1;
/** What a page may have more at the end: other findings are shown than before. */
const MORE = 1.15;
const SPARE = { heapMb: 2, nodes: 300, listeners: 30 };
/** One is measured before, and one after. */
const MIN_WALKS = 2;
/** In the order of the walk, with their titles. */
const VIEWS = [
  ['failures', 'Failures'],
  ['rules', 'Rules'],
  ['sweeps', 'Sweeps'],
  ['audit', 'Audit'],
  ['overview', 'Overview'],
] as const;
/** Garbage that becomes free only by the end of other garbage. */
const COLLECTIONS = 3;

/** What a page holds after its garbage was collected. */
interface Held {
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

interface Tab extends WatchedPage {
  readonly what: string;
  readonly session: CDPSession;
}

/**
 * The admin page is left open, an hour unless told otherwise, while findings come, end and come again: the overview, the list of findings, and a
 * tab in which a person goes from view to view. None of them may hold more at the end than after a tenth of the time.
 */
export const PAGE_OPEN: Scenario = {
  name: 'page-open',
  missing: chromePath() === null ? 'chromium (CHROME_PATH, or on the PATH)' : null,
  usualSeconds: 3_600,
  async play(seconds) {
    const service = await openSweptService(CALLS_A_SECOND);
    const browser = await openBrowser();
    try {
      return await leaveOpen(service, browser, seconds * 1_000);
    } finally {
      await browser.close();
      await service.close();
    }
  },
};

async function leaveOpen(service: SweptService, browser: Browser, forMs: number): Promise<SoakResult> {
  for (const n of range(FINDINGS)) await service.sqs.send(JSON.stringify(bucketEvent(n, 1, 'ACTIVE')));
  await until(() => service.jira.issues().length === FINDINGS, 'every finding has its issue', START_MS);
  const origin = service.replica.address() ?? '';
  const [overview, findings, walked] = await Promise.all([
    openTab(browser, origin, 'overview'),
    openTab(browser, origin, 'findings'),
    openTab(browser, origin, 'walked'),
  ]);
  const tabs = [overview, findings, walked];
  const from = performance.now();
  const isPast = (part: number): boolean => performance.now() - from >= forMs * part;
  const load = changeFindings(service, () => isPast(1));
  let [walks, before]: [number, readonly Held[]] = [0, []];
  // Each measurement comes at the end of a walk, so that the same views are compared.
  while (!isPast(1) || walks < MIN_WALKS) {
    await walkThrough(walked.page, origin);
    walks += 1;
    if (before.length === 0 && isPast(FIRST_LOOK)) before = await holdAll(tabs);
  }
  const changes = await load;
  const after = await holdAll(tabs);
  const violations = tabs.flatMap((tab, at) => grown(tab.what, before[at], after[at]));
  return {
    figures: {
      'changes of findings, walks through the views': `${changes}, ${walks}`,
      ...Object.fromEntries(
        tabs.flatMap(({ what }, at) => [
          [`${what}: after a tenth of the time`, textOf(before[at])],
          [`${what}: at the end`, textOf(after[at])],
        ]),
      ),
    },
    violations: [...violations, ...tabs.flatMap(({ what, complaints }) => complaints.map((text) => `${what}: the console says ${text}`))],
    late: [],
  };
}

async function openTab(browser: Browser, origin: string, what: string): Promise<Tab> {
  const watched = await watchPage(browser, origin);
  const session = await watched.page.context().newCDPSession(watched.page);
  await session.send('Performance.enable');
  await watched.page.goto(`${origin}/#/${what === 'walked' ? 'overview' : what}`);
  await watched.page.locator('h1').waitFor();
  await watched.page.locator('.live.good:visible').waitFor();
  return { ...watched, what, session };
}

/** Lets findings end and come back, one after the other. @returns how many did */
async function changeFindings({ sqs }: SweptService, isOver: () => boolean): Promise<number> {
  let changes = 0;
  while (!isOver()) {
    const [round, n] = [Math.floor(changes / FINDINGS), changes % FINDINGS];
    await sqs.send(JSON.stringify(bucketEvent(n, round + 2, round % 2 === 0 ? 'RESOLVED' : 'ACTIVE')));
    changes += 1;
    await sleep(EVENT_MS);
  }
  return changes;
}

/** Goes from view to view, with a finding opened and closed; ends at the overview. */
async function walkThrough(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/#/findings`);
  await page.locator('.row-link').first().click();
  await page.getByText('Timeline').waitFor();
  await sleep(ACT_MS);
  await page.keyboard.press('Escape');
  for (const [view, title] of VIEWS) {
    await page.goto(`${origin}/#/${view}`);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await sleep(ACT_MS);
  }
}

async function holdAll(tabs: readonly Tab[]): Promise<readonly Held[]> {
  const held: Held[] = [];
  for (const { session } of tabs) held.push(await holds(session));
  return held;
}

async function holds(session: CDPSession): Promise<Held> {
  for (const _ of range(COLLECTIONS)) await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  const valueOf = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { heapMb: valueOf('JSHeapUsedSize') / 1_000_000, nodes: valueOf('Nodes'), listeners: valueOf('JSEventListeners') };
}

function grown(what: string, before: Held | undefined, after: Held | undefined): readonly string[] {
  if (before === undefined || after === undefined) return [`${what} was not measured`];
  return (['heapMb', 'nodes', 'listeners'] as const).flatMap((of) =>
    after[of] <= before[of] * MORE + SPARE[of] ? [] : [`${what} holds more ${of}: ${textOf(before)} became ${textOf(after)}`],
  );
}

function textOf(held: Held | undefined): string {
  return held === undefined ? '' : `${held.heapMb.toFixed(1)} MB, ${held.nodes} nodes, ${held.listeners} listeners`;
}
