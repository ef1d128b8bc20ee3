import axe, { type AxeResults, type RunOptions } from 'axe-core';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findProgram } from '../find-program.ts';

/** No request of the browser's own: with these, what it sends is what the page sends. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Widths at which every view is looked at, px. */
export const WIDTHS = [1_280, 360] as const;
export const THEMES = ['light', 'dark'] as const;

/** Where Chromium is: `CHROME_PATH`, else the first on the PATH; null: nowhere. */
export function chromePath(): string | null {
  return findProgram('CHROME_PATH', 'chromium');
}

/** Starts Chromium. @throws Error where there is none */
export function openBrowser(): Promise<Browser> {
  const executablePath = chromePath();
  if (executablePath === null) throw new Error('No chromium: set CHROME_PATH or put it on the PATH');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/** A page that notes everything that must not happen. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and what the content security policy blocked. */
  readonly complaints: readonly string[];
  /** Addresses outside the page's own host that it asked for. */
  readonly foreign: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
  /** Answers of these statuses are expected; Chromium reports each in the console. */
  readonly expected?: readonly number[];
}

/** A page in a context of its own, without cookies or storage of others. @param origin such as `http://127.0.0.1:8080` */
export async function watchPage(browser: Browser, origin: string, options: PageOptions = {}): Promise<WatchedPage> {
  const { width = WIDTHS[0], theme = 'light', expected = [] } = options;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const [complaints, foreign]: string[][] = [[], []];
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    const status = Number(/the server responded with a status of (\d+)/.exec(message.text())?.[1]);
    if (!expected.includes(status)) complaints?.push(message.text());
  });
  page.on('pageerror', (error) => complaints?.push(error.stack ?? error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith(`blob:${origin}/`)) foreign?.push(url);
  });
  return { page, complaints: complaints ?? [], foreign: foreign ?? [] };
}

/** What axe finds wrong, in one line each. @param rules the ones that matter; without them all */
export async function violations(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  // Once for each document: opening another page for every look takes most of the time.
  if ((await page.evaluate('"axe" in window')) !== true) await page.evaluate(axe.source);
  const options: RunOptions = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: [...rules] }) };
  const { violations: found } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')} (${failureSummary ?? ''})`),
  );
}

/** How much wider the document is than the window, px. More than 0: people must scroll sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth').then(Number);
}
