import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { chromePath, openBrowser, violations, type WatchedPage } from '../support/browser/open-browser.ts';
import { expectClean, expectSound, MARKUP, startPageSite, type PageSite } from '../support/browser/page-site.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { until } from '../support/until.ts';

const CHROME = chromePath();

let browser: Browser;
beforeAll(async () => {
  if (CHROME !== null) browser = await openBrowser();
});
afterAll(() => browser?.close());

const RULES = `version: 1
rules:
  - id: few
    match: { detail: { resource: [{ prefix: "arn:aws:s3:::bucket-1" }] } }
    action: ignore
  - id: everything
    match: { source: ["aws.access-analyzer"] }
    action: issue
    issue: { project: SEC, issueType: Task }
tests:
  - name: a bucket
    finding: { resource: "arn:aws:s3:::bucket-7" }
    expect: { action: issue, project: SEC }
`;

/** Presses a button of the dialog that is open. */
const agree = (page: Page, name: string): Promise<void> =>
  page.locator('dialog.dialog[open]').last().getByRole('button', { name, exact: true }).last().click();

describe.skipIf(CHROME === null)('the work that the admin page does', () => {
  /** The rules as a site with three issues shows them. */
  async function openRules(): Promise<{ readonly site: PageSite; readonly watched: WatchedPage }> {
    const site = await startPageSite(
      browser,
      {},
      range(3).map((n) => numberedEvent(n, 10)),
    );
    await until(() => site.jira.issues().length === 3, 'all issues are open', 60_000);
    const watched = await site.open('#/rules', { expected: [412, 422] });
    await watched.page.getByText('Revision 1: 1 rule').waitFor();
    return { site, watched };
  }

  test('rules are changed, tested and backtested without leaving the view', { timeout: 180_000 }, async () => {
    const { watched } = await openRules();
    const { page } = watched;
    await expectSound(page);

    // What the service finds wrong is marked in its line.
    await page.getByRole('link', { name: 'Change the rule everything' }).click();
    const text = page.getByLabel('Rules as YAML');
    await text.fill(RULES.replace('action: ignore', 'action: forget'));
    await text.press('Control+Enter');
    await page.getByRole('button', { name: 'Line 5' }).click();
    expect(
      await page.evaluate('document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)'),
    ).toBe('    action: forget');
    await expectSound(page);

    // Tests, plan, backtest.
    await text.fill(RULES.replace('expect: { action: issue', 'expect: { action: ignore'));
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText('1 test of 1 failed').waitFor();
    await text.fill(RULES);
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText('1 test passed').waitFor();
    await page.getByText('Plan: 0 open, 0 move, 0 close, 1 is ignored').waitFor();
    await page.getByRole('button', { name: 'Backtest', exact: true }).click();
    await page.getByText('0 open, 0 move, 0 close, 1 is ignored, of 3 findings.').waitFor();
    await page.getByText('The rules send it nowhere').click();
    await page.getByRole('link', { name: 'bucket-1' }).waitFor();

    // A known finding, field by field; an event with a hostile name, down to the text of its issue.
    await page.getByRole('button', { name: /^bucket-2/ }).click();
    await page.getByText('does not match').first().waitFor();
    await page.getByText('It has SEC-').waitFor();
    await page.getByRole('button', { name: 'An event' }).click();
    await page
      .getByLabel('Event as JSON')
      .fill(JSON.stringify(externalEvent({ detail: { id: 'new', resource: `arn:aws:s3:::${MARKUP}` } })));
    await page.getByRole('button', { name: 'Try it' }).click();
    const preview = page.getByLabel('Preview of the issue');
    await preview.getByText(MARKUP).first().waitFor();
    expect(await preview.locator('img').count()).toBe(0);
    await expectSound(page);
    expectClean(watched);
  });

  test('rules are merged with those of another person, saved with a plan and rolled back', { timeout: 180_000 }, async () => {
    const { site, watched } = await openRules();
    const { page } = watched;
    await page.getByRole('link', { name: 'Change the rule everything' }).click();
    const text = page.getByLabel('Rules as YAML');
    await text.fill(RULES);
    const current = JSON.parse(await (await fetch(`${site.url}/api/v1/rules`)).text());
    const theirs = { ...current, limits: { backlogPerHour: 7 } };
    const put = { method: 'PUT', headers: { 'if-match': '"1"', 'content-type': 'application/json' }, body: JSON.stringify(theirs) };
    expect((await fetch(`${site.url}/api/v1/rules`, put)).status).toBe(200);
    await page.getByRole('button', { name: 'Save …' }).click();
    await page.getByText('Revision 2 counts by now: the limits changed.').waitFor();
    await page.getByText('their change counts').click();
    await page.locator('.diff-line.added', { hasText: 'limits:' }).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await agree(page, 'Merge into my draft');
    await text.fill(`${RULES}limits: { backlogPerHour: 7 }\n`);
    await page.getByRole('button', { name: 'Save …' }).click();
    await page.getByText('0 open, 0 move, 0 close, 1 is ignored').last().waitFor();
    await page.getByLabel('Reason, shown in the history').fill(MARKUP);
    expect(await violations(page)).toEqual([]);
    await agree(page, 'Save');
    await page.getByText('Revision 3 is in force').waitFor();
    await page.locator('dialog[open]').getByText('Done', { exact: true }).waitFor();
    await agree(page, 'Close');
    await page.getByText('As in revision 3').waitFor();

    // The history, with what differs, and back.
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText(MARKUP).waitFor();
    await page.getByRole('link', { name: 'Revision 1' }).click();
    await page.locator('.diff-line.added', { hasText: 'id: everything' }).waitFor();
    await expectSound(page);
    await page.getByRole('button', { name: 'Roll back to this revision' }).click();
    await page.getByText('1 rule removed (few)').waitFor();
    await agree(page, 'Save');
    await page.getByText('Revision 4 is in force').waitFor();
    await agree(page, 'Close');
    await page.keyboard.press('Escape');
    await until(async () => page.url().endsWith('#/rules/history'), 'Escape closes the revision');
    await page.getByText('Revision 4: 1 rule').waitFor();
    expectClean(watched);
  });

  test('failures and dead letters', { timeout: 180_000 }, async () => {
    const site = await startPageSite(browser, {}, []);
    site.jira.faults.next.push({
      on: 'POST /issue',
      fault: 'status',
      status: 403,
      body: { errorMessages: [MARKUP], errors: {} },
    });
    const [hostile, odd] = [
      `{"detail": "${'y'.repeat(3_000)}\u202e`,
      JSON.stringify({ source: 'aws.s3', 'detail-type': MARKUP, detail: {} }),
    ];
    for (const body of [JSON.stringify(numberedEvent(1, 10)), hostile, odd]) await site.sqs.send(body);
    const watched = await site.open('#/failures');
    const { page } = watched;

    // By cause, and one of them.
    await page.getByRole('heading', { name: 'A permission is missing' }).waitFor();
    await page.getByText(MARKUP).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await expectSound(page);
    const retry = page.getByRole('button', { name: 'Retry bucket-1' });
    await retry.click();
    await page.getByRole('heading', { name: 'Retry this failure' }).waitFor();
    await page.keyboard.press('Escape');
    await until(() => retry.evaluate((button) => button.ownerDocument.activeElement === button), 'the focus comes back');
    await retry.press('Enter');
    await agree(page, 'Retry');
    await page.getByText('Retry requested').waitFor();
    await page.locator('.empty').getByText('Nothing is stuck').waitFor();

    // Bodies are text; one message is dismissed, the other one stays unread.
    await page.getByRole('link', { name: 'Dead letters' }).click();
    await page.getByRole('link', { name: 'Event of another service' }).waitFor();
    await expectSound(page);
    await page.getByRole('link', { name: 'Not JSON' }).click();
    await page.getByLabel('Body of the message').getByText('‹202E›').waitFor();
    await expectSound(page);
    await page.locator('dialog.sheet').getByRole('button', { name: 'Dismiss' }).click();
    await agree(page, 'Dismiss');
    await page.getByText('Message dismissed').waitFor();
    await page.locator('.view-head').getByRole('button', { name: 'Read all again' }).click();
    await page.getByText('1 kept message, and about 0 messages in dead-letter queues.').waitFor();
    await agree(page, 'Read again');
    await page.getByText('0 kept messages could be read, 1 could not.').waitFor();
    await agree(page, 'Close');
    expectClean(watched);
  });

  test('pauses, sweeps, the doctor and the audit', { timeout: 180_000 }, async () => {
    const site = await startPageSite(browser, {}, [numberedEvent(1, 10)]);
    await until(() => site.jira.issues().length === 1, 'the issue is open', 60_000);
    const watched = await site.open('#/pauses');
    const { page } = watched;

    // A pause with an end.
    await page.getByText('Nothing is paused').waitFor();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByLabel('Scope').selectOption('project:SEC');
    await page.getByLabel('Reason, for other people').fill(MARKUP);
    await page.getByLabel('Ends').selectOption('In 4 hours');
    expect(await violations(page)).toEqual([]);
    await agree(page, 'Pause');
    await page.getByText('Ends in 4 h').waitFor();
    await page.getByText(MARKUP).waitFor();
    await expectSound(page);
    await page.getByRole('button', { name: 'Lift: Project SEC' }).click();
    await agree(page, 'Lift');
    await page.getByText('Done', { exact: true }).waitFor();
    await agree(page, 'Close');
    await page.getByText('Nothing is paused').waitFor();

    await page.getByRole('link', { name: 'Sweeps' }).click();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await agree(page, 'Begin');
    await page.getByText('No drift: AWS, Jira and what is known here agree.').waitFor();
    await expectSound(page);

    await page.getByRole('link', { name: 'Doctor' }).click();
    await page.getByText(/checks? of \d+ needs? a look|checks are well/).waitFor();
    await expectSound(page);

    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByText('pause.lifted').waitFor();
    await page.getByText('Before and after').first().click();
    await expectSound(page);
    await page.getByLabel('Action').fill('pause.lifted');
    await page.getByRole('button', { name: 'Filter' }).click();
    await until(async () => (await page.getByText('Before and after').count()) === 1, 'one entry is left');
    expectClean(watched);
  });
});
