import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { chromePath, openBrowser, overflow, violations, watchPage, WIDTHS } from '../support/browser/open-browser.ts';
import { ADMIN_TOKENS, expectClean, expectSound, MARKUP, signIn, startPageSite, TOKENS } from '../support/browser/page-site.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { until } from '../support/until.ts';

const HOSTILE = [MARKUP, `\u202egnp.exe \u2066${'م'.repeat(20)}`, 'x'.repeat(2_000), '=HYPERLINK("http://evil.example")'];

/** Findings in a long list; a multiple of the page that the admin page asks for. */
const LONG_LIST = 10_000;

const CHROME = chromePath();

let browser: Browser;
beforeAll(async () => {
  if (CHROME !== null) browser = await openBrowser();
});
afterAll(() => browser?.close());

describe.skipIf(CHROME === null)('the admin page', () => {
  test('signs in by token, offers only what the role may do, and fixes a failure in two clicks', { timeout: 180_000 }, async () => {
    const site = await startPageSite(browser, { ADMIN_TOKENS }, []);
    // The first create is refused, as when a right is missing; it works once an operator retries.
    site.jira.faults.next.push({
      on: 'POST /issue',
      fault: 'status',
      status: 403,
      body: { errorMessages: ['No right to create'], errors: {} },
    });
    await site.sqs.send(JSON.stringify(numberedEvent(1, 10)));

    const viewer = await site.open('', { expected: [401] });
    await viewer.page.getByLabel('Token').fill('a-token-of-no-one');
    await viewer.page.getByRole('button', { name: 'Sign in' }).click();
    await viewer.page.getByText('This token is not known here').waitFor();
    expect(await violations(viewer.page)).toEqual([]);
    // Axe does find what is wrong.
    await viewer.page.evaluate("document.querySelector('h1').style.color = 'silver'");
    expect((await violations(viewer.page)).join()).toContain('color-contrast');
    await signIn(viewer.page, TOKENS.viewer);
    await viewer.page.getByText('1 issue cannot be written: jira-forbidden').waitFor();
    await viewer.page.getByText('viewer-person').first().waitFor();
    expect(await viewer.page.getByRole('button', { name: /Retry|Release/ }).count()).toBe(0);
    await viewer.page.goto(`${site.url}/#/findings?state=failed`);
    await viewer.page.getByRole('link', { name: 'bucket-1' }).click();
    await viewer.page.getByText('Timeline').waitFor();
    expect(await viewer.page.getByRole('button', { name: /Reconcile|Link|Unlink/ }).count()).toBe(0);
    // The session ends with the tab, and no address has the token.
    expect(viewer.page.url()).not.toContain(TOKENS.viewer);
    expect(await viewer.page.evaluate('Object.values(localStorage).join()')).toBe('');
    await viewer.page.reload();
    await viewer.page.getByText('Timeline').waitFor();
    expectClean(viewer);

    const { page, ...operator } = await site.open('', { expected: [401] });
    await signIn(page, TOKENS.operator);
    await page.getByRole('button', { name: 'Retry 1' }).click();
    await page.getByText('1 failure will be retried.').waitFor();
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('All is well. 1 finding known, 1 issue open').waitFor();
    expect(site.jira.issues()).toHaveLength(1);

    // Unlink and link again, from the finding.
    await page.getByRole('link', { name: 'All findings' }).click();
    await page.getByRole('link', { name: 'bucket-1' }).click();
    await page.getByRole('button', { name: 'Unlink' }).click();
    await page.getByText('SEC-1 stays in Jira as it is').waitFor();
    await page.getByRole('button', { name: 'Unlink', exact: true }).last().click();
    await page.getByText('SEC-1 is unlinked').waitFor();
    await page.getByRole('button', { name: 'Link an issue' }).click();
    await page.getByLabel('Key of the issue').fill('SEC-1');
    await page.getByRole('button', { name: 'Link', exact: true }).click();
    await page.getByText('SEC-1 is linked').waitFor();
    await page.getByText('Issue linked').first().waitFor();
    await page.getByText('Decision, rule by rule').click();
    await page.getByText('matches, so it decides').waitFor();
    // What the audit says of an act is for admins alone.
    expect(await page.getByText('In the audit').count()).toBe(0);
    await page.keyboard.press('Escape');
    await until(async () => !page.url().includes('finding-1'), 'Escape closes the finding');

    await page.goto(`${site.url}/#/overview`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, TOKENS.admin);
    await page.goto(`${site.url}/#/findings/finding-1`);
    await page.locator('.entry', { hasText: 'Issue linked' }).getByRole('link', { name: 'In the audit' }).click();
    await page.locator('.audit-target', { hasText: 'finding-1' }).waitFor();
    expect(await page.locator('.line-title').allTextContents()).toEqual([expect.stringContaining('mapping.linked')]);
    expectClean({ page, ...operator });
  });

  test('a very long list costs a window of rows and of findings, one request at a time', { timeout: 180_000 }, async () => {
    const site = await startPageSite(browser, {}, [numberedEvent(1, 10)]);
    await until(() => site.jira.issues().length === 1, 'the issue is open', 60_000);
    const { items } = JSON.parse(await (await fetch(`${site.url}/api/v1/mappings`)).text());
    const watched = await site.open('');
    const { page } = watched;
    const asked: string[] = [];
    const [held, given]: string[][] = [[], []];
    await page.route('**/api/v1/mappings?*', async (route) => {
      const { searchParams } = new URL(route.request().url());
      const [from, q] = [Number(searchParams.get('cursor') ?? 0), searchParams.get('q')];
      // Its answer never comes.
      if (q === 'slow') return void held?.push(q);
      asked.push(String(from));
      const count = q === null ? LONG_LIST : 1;
      const to = Math.min(count, from + Number(searchParams.get('limit')));
      const rows = range(to - from).map((at) => ({
        ...items[0],
        findingId: `f-${from + at}`,
        resource: `arn:aws:s3:::bucket-${from + at}`,
      }));
      await route.fulfill({ json: { items: rows, nextCursor: to === count ? null : String(to) } });
    });
    page.on('requestfailed', (request) => given?.push(new URL(request.url()).searchParams.get('q') ?? ''));

    await page.goto(`${site.url}/#/findings`);
    await page.getByRole('link', { name: 'bucket-0', exact: true }).waitFor();
    await page.evaluate(`globalThis.most = 0;
      new MutationObserver(() => (globalThis.most = Math.max(globalThis.most, document.querySelectorAll('tr.fixed').length)))
        .observe(document.querySelector('tbody'), { childList: true });
      globalThis.scrolling = setInterval(() => scrollTo(0, document.documentElement.scrollHeight), 10);`);
    await page.getByText(`${LONG_LIST / 1_000},000 findings`, { exact: true }).waitFor();
    await page.evaluate('clearInterval(globalThis.scrolling)');
    expect(asked).toEqual(range(LONG_LIST / 200).map((at) => String(at * 200)));
    await page.getByRole('link', { name: `bucket-${LONG_LIST - 1}`, exact: true }).waitFor();

    // What was let go of is read again where a person looks, and nothing else.
    asked.length = 0;
    await page.evaluate('scrollTo(0, 0)');
    await page.getByRole('link', { name: 'bucket-0', exact: true }).waitFor();
    await page.evaluate(`scrollTo(0, document.documentElement.scrollHeight / 2)`);
    await page.getByRole('link', { name: `bucket-${LONG_LIST / 2}`, exact: true }).waitFor();
    expect(asked.length).toBeLessThan(5);
    expect(asked[0]).toBe('0');
    expect(await page.evaluate('globalThis.most')).toBeLessThan(60);

    // A search that is typed on gives up the request for what was typed first.
    await page.getByLabel('Search').fill('slow');
    await until(() => held?.length === 1, 'the first search was asked for');
    await page.getByLabel('Search').fill('quick');
    await page.getByText('1 finding', { exact: true }).waitFor();
    expect(given).toContain('slow');
    expectClean(watched);
  });

  test('shows foreign text as text, at every width and in both themes', { timeout: 180_000 }, async () => {
    const hostile = HOSTILE.map((name, n) =>
      externalEvent({ detail: { id: `hostile-${n}`, resource: `arn:aws:s3:::${name}`, updatedAt: '2026-03-01T10:10:00Z' } }),
    );
    const site = await startPageSite(browser, {}, [...hostile, ...range(300).map((n) => numberedEvent(n, 10))]);
    await until(() => site.jira.issues().length === HOSTILE.length + 300, 'all issues are open', 60_000);

    const watched = await site.open('');
    const { page } = watched;
    await page.getByText('All is well').waitFor();
    await page.getByText('304').first().waitFor();
    await expectSound(page);

    await page.goto(`${site.url}/#/findings?q=hostile`);
    await page.getByRole('link', { name: MARKUP }).waitFor();
    await page.getByText('‹202E›gnp.exe').first().waitFor();
    expect(await page.locator('main img, main b:has-text("bold"), dialog img').count()).toBe(0);
    await expectSound(page);

    await page.getByRole('link', { name: 'xxxxxxxx' }).click();
    await page.getByText('Issue opened').waitFor();
    await page.getByText('Decision, rule by rule').click();
    await page.getByText('matches, so it decides').waitFor();
    await expectSound(page);
    expect(await page.title()).toBe('Findings · findings-to-jira');
    expectClean(watched);

    // However far the list is scrolled, the document holds a window of it.
    await page.goto(`${site.url}/#/findings`);
    await page.getByText('200, more as you scroll').waitFor();
    const rows = (): Promise<number> => page.locator('tbody tr.fixed').count();
    for (let turn = 0; turn < 20 && (await page.getByText('304 findings').count()) === 0; turn += 1) {
      await page.mouse.wheel(0, 4_000);
      await until(async () => (await rows()) > 0, 'rows are drawn');
    }
    await page.getByText('304 findings').waitFor();
    expect(await rows()).toBeLessThan(60);

    // Filters and sort are in the address, so that a link shows the same.
    await page.getByRole('button', { name: 'Severity' }).click();
    await page.getByLabel('State').selectOption('open');
    await until(async () => page.url().endsWith('#/findings?sort=severity&state=open'), 'the address has filter and sort');
    await page.getByLabel('Search').fill('hyperlink');
    await page.getByText('1 finding', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'CSV' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect((await download).suggestedFilename()).toMatch(/^findings-\d{4}-\d\d-\d\d\.csv$/);
    expectClean(watched);

    // Without the stream of changes, the page asks now and then.
    await page.route('**/api/v1/stream', (route) => route.fulfill({ status: 429 }));
    await page.reload();
    await page.locator('.live.medium:visible').waitFor();
    await page.getByText('1 finding', { exact: true }).waitFor();

    // What was there stays readable while the service is away.
    await site.end();
    await page.getByText('The service does not answer').waitFor();
    await page.getByText('1 finding', { exact: true }).waitFor();
  });

  test("the sandbox's board has its style, at every width", async () => {
    const jira = await startJiraSimulator();
    onTestFinished(() => jira.close());
    for (const width of WIDTHS) {
      for (const path of ['/', '/browse/SEC-99']) {
        const watched = await watchPage(browser, jira.url, { width, expected: [404] });
        await watched.page.goto(jira.url + path);
        expect(await watched.page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(244, 246, 250)');
        expect(await overflow(watched.page)).toBe(0);
        expectClean(watched);
        await watched.page.context().close();
      }
    }
  });
});
