import { expect, onTestFinished } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../../src/sandbox/sqs/sqs-emulator.ts';
import { environmentFor, startService, testFolder } from '../service/service-process.ts';
import { overflow, THEMES, violations, watchPage, WIDTHS, type WatchedPage } from './open-browser.ts';

/** A token for each role. */
export const TOKENS = {
  viewer: 'viewer-token-0123456789',
  operator: 'operator-token-0123456789',
  admin: 'admin-token-0123456789',
} as const;

/** `ADMIN_TOKENS` with these; each is of a person named after the role. */
export const ADMIN_TOKENS = Object.entries(TOKENS)
  .map(([role, token]) => `${role}-person:${role}:${token}`)
  .join(',');

export const MARKUP = '<img src=x onerror="document.title=1"><b>bold</b>';

/** A service with the page, its queue and its Jira. */
export interface PageSite {
  readonly url: string;
  /** The service is gone. */
  end(): Promise<unknown>;
  /** What the service has written, its log above all. */
  output(): string;
  readonly sqs: SqsEmulator;
  readonly jira: JiraSimulator;
  open(hash: string, options?: Parameters<typeof watchPage>[2]): Promise<WatchedPage>;
}

/** Starts the service as a process with a queue and a Jira, and sends it events. All of it ends with the test. */
export async function startPageSite(browser: Browser, env: Readonly<Record<string, string>>, events: readonly object[]): Promise<PageSite> {
  const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
  const service = await startService({ ...environmentFor(sqs, jira), DATA_DIR: testFolder(), ...env });
  for (const event of events) await sqs.send(JSON.stringify(event));
  return {
    url: service.url,
    end: () => service.end('SIGKILL'),
    output: service.output,
    sqs,
    jira,
    async open(hash, options) {
      const watched = await watchPage(browser, service.url, options);
      onTestFinished(() => watched.page.context().close());
      await watched.page.goto(`${service.url}/${hash}`);
      return watched;
    },
  };
}

/** Nothing was said in the console, and no other host was asked. */
export function expectClean({ complaints, foreign }: WatchedPage): void {
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
}

/** The only rules of axe for which the theme matters: it changes colours and nothing else. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** Axe finds nothing, and nothing is wider than the window, in both themes and at every width. */
export async function expectSound(page: Page): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      expect({
        width,
        colorScheme,
        violations: await violations(page, colorScheme === 'light' ? undefined : COLOURS),
        overflow: await overflow(page),
      }).toEqual({
        width,
        colorScheme,
        violations: [],
        overflow: 0,
      });
    }
  }
  await page.setViewportSize({ width: WIDTHS[0], height: 900 });
}

/** @param token of a person */
export async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}
