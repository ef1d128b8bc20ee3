import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { Role } from '../../src/admin/access.ts';
import { loadPage } from '../../src/load-parts.ts';
import { startAdmin } from '../support/admin/admin-server.ts';
import { CLIENT_ID, startSignInIssuer, type Person, type SignInIssuer } from '../support/admin/sign-in-issuer.ts';
import { AUDIENCE } from '../support/admin/token-issuer.ts';
import { isAllowed, offered, VIEW_BUTTONS } from '../support/browser/offered-buttons.ts';
import { chromePath, openBrowser, watchPage, type WatchedPage } from '../support/browser/open-browser.ts';
import { ADMIN_TOKENS, expectSound, startPageSite, TOKENS, type PageSite } from '../support/browser/page-site.ts';
import { numberedEvent } from '../support/findings/findings-by-number.ts';
import { directFetch } from '../support/servers/direct-network.ts';
import { until } from '../support/until.ts';

const CHROME = chromePath();
const BUTTON = 'Sign in with your organization';

let browser: Browser;
let issuer: SignInIssuer;
beforeAll(async () => {
  issuer = await startSignInIssuer();
  if (CHROME !== null) browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await issuer.close();
});

/** Nothing was said in the console, and no host was asked but the service and the issuer. */
function expectClean({ complaints, foreign }: WatchedPage): void {
  expect(complaints).toEqual([]);
  expect(foreign.filter((url) => !url.startsWith(`${issuer.issuer}/`))).toEqual([]);
}

async function signInAtIssuer(page: Page, person: Person, heading = 'Overview'): Promise<void> {
  issuer.person = person;
  await page.getByRole('button', { name: BUTTON }).click();
  await page.getByRole('heading', { name: heading, level: 1, exact: true }).waitFor();
}

/** All that the tab keeps for this page. */
const kept = async (page: Page): Promise<Record<string, string>> =>
  JSON.parse(String(await page.evaluate('JSON.stringify(sessionStorage)')));

/** Makes something for every button: a failure, something held, an issue, a message that cannot be read, a pause, two revisions. */
async function makeWork({ url, jira, sqs }: PageSite): Promise<void> {
  const ask = async (method: string, path: string, body?: string): Promise<string> => {
    const headers = { authorization: `Bearer ${TOKENS.admin}`, 'if-match': '"1"', 'content-type': 'application/json' };
    const { 'content-type': _, ...bare } = headers;
    const answer = await fetch(`${url}/api/v1${path}`, { method, ...(body === undefined ? { headers: bare } : { headers, body }) });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  };
  const isThere = (state: string) => until(async () => JSON.parse(await ask('GET', `/mappings?state=${state}`)).items.length === 1, state);
  await sqs.send(JSON.stringify(numberedEvent(3, 10)));
  await isThere('open');
  jira.faults.next.push({ on: 'POST /issue', fault: 'status', status: 403, body: { errorMessages: ['No'], errors: {} } });
  await sqs.send(JSON.stringify(numberedEvent(1, 10)));
  await isThere('failed');
  await ask('PUT', '/pauses/project:SEC', '{"reason":"x"}');
  await sqs.send(JSON.stringify(numberedEvent(2, 10)));
  await sqs.send('no JSON');
  await isThere('held');
  await ask('PUT', '/rules', JSON.stringify({ ...JSON.parse(await ask('GET', '/rules')), limits: { backlogPerHour: 7 } }));
}

/** What the views offer to a role is what the API lets it do, and nothing is offered that the table of buttons does not know. */
async function expectRole(page: Page, url: string, role: Role): Promise<void> {
  for (const { at, sight, reads, buttons } of VIEW_BUTTONS) {
    await page.goto(`${url}/#/${at}`);
    const may = await isAllowed(url, TOKENS[role], reads);
    const closed = page.locator('main:has-text("Your role may not open this page"), nav.tabs:not(:has-text("Draft"))');
    await (may ? page.locator('main, dialog[open]').getByText(sight).filter({ visible: true }) : closed).first().waitFor();
    await page.locator('.skeleton').filter({ visible: true }).first().waitFor({ state: 'hidden' });
    const wanted: string[] = [];
    for (const [name, request] of Object.entries(buttons))
      if (request !== null && may && (await isAllowed(url, TOKENS[role], request))) wanted.push(name);
    const harmless = Object.keys(buttons).filter((name) => buttons[name] === null);
    const acts = async (): Promise<readonly string[]> => (await offered(page)).filter((name) => !harmless.includes(name));
    await expect.poll(acts, { message: `${role} at ${at}`, timeout: 10_000 }).toEqual(wanted.toSorted());
  }
}

async function openLetter(page: Page, url: string, says: string): Promise<readonly string[]> {
  await page.goto(`${url}/#/dead-letters`);
  await page.getByRole('link', { name: 'Not JSON' }).click();
  await page.locator('dialog[open]').getByText(says).first().waitFor();
  return offered(page);
}

/** What a role may see and do, besides the buttons that it is offered. */
const WORK_OF: Readonly<Record<Role, (page: Page, url: string) => Promise<void>>> = {
  async viewer(page, url) {
    expect(await openLetter(page, url, 'only operators and admins see it')).toEqual(['Close', 'Copy the hash']);
    // With the rules in force, a viewer may try a finding.
    await page.goto(`${url}/#/rules/try`);
    await page.getByRole('button', { name: /^bucket-1/ }).click();
    await page.getByText('matches, so it decides').waitFor();
  },
  async operator(page, url) {
    expect(await openLetter(page, url, 'no JSON')).toEqual(['Close', 'Copy the hash', 'Dismiss', 'Read all again']);
    await page.goto(`${url}/#/rules/draft`);
    await page.getByText('Your role may try and backtest a draft').waitFor();
    const text = page.getByLabel('Rules as YAML');
    await text.fill(`${await text.inputValue()}# mine\n`);
    await page.getByRole('button', { name: 'Backtest', exact: true }).click();
    await page.getByText('of 3 findings.').waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('As in revision').waitFor();
  },
  async admin(page, url) {
    expect(await openLetter(page, url, 'no JSON')).toEqual(['Close', 'Copy the hash', 'Dismiss', 'Read all again']);
  },
};

describe.skipIf(CHROME === null)('signing in to the admin page', () => {
  test('at the issuer, as each role: what it may not do is neither offered nor possible', { timeout: 240_000 }, async () => {
    const site = await startPageSite(
      browser,
      {
        ADMIN_TOKENS,
        OIDC_ISSUER: issuer.issuer,
        OIDC_AUDIENCE: AUDIENCE,
        OIDC_ROLE_CLAIM: 'groups readers=viewer workers=operator chiefs=admin',
        OIDC_CLIENT_ID: CLIENT_ID,
        LOG_LEVEL: 'debug',
      },
      [],
    );
    issuer.register(`${site.url}/`);
    await makeWork(site);

    const watched = await site.open('#/findings?state=failed', { expected: [401, 429] });
    const { page } = watched;
    await page.getByRole('button', { name: BUTTON }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe(BUTTON);
    await expectSound(page);
    expect(await offered(page)).toEqual(['Sign in by token', BUTTON]);

    for (const [role, group, heading] of [
      ['viewer', 'readers', 'Findings'],
      ['operator', 'workers', 'Overview'],
      ['admin', 'chiefs', 'Overview'],
    ] as const) {
      const sub = `${role}-${'7'.repeat(40)}`;
      await signInAtIssuer(page, { claims: { sub, groups: ['others', group] } }, heading);
      // Back where it began, with nothing of the sign-in in the address or left in the tab but the session.
      expect(page.url()).toBe(`${site.url}/${heading === 'Findings' ? '#/findings?state=failed' : ''}`);
      expect(Object.keys(await kept(page)).toSorted()).toEqual(['f2j-issuer', 'f2j-token']);
      await page.getByText(`oidc:${sub}`).first().waitFor();
      await expectRole(page, site.url, role);
      await WORK_OF[role](page, site.url);
      const views = (await page.locator('.side nav a').allTextContents()).map((name) => name.replace(/\d+$/, ''));
      expect([role, views.includes('Doctor'), views.includes('Audit')]).toEqual([role, role !== 'viewer', role === 'admin']);
      expectClean(watched);

      // At the issuer, too, and the token is in no address.
      await page.goto(`${site.url}/#/overview`);
      const { 'f2j-token': token = '' } = await kept(page);
      // However long the name is, the button is in sight.
      expect((await page.getByRole('button', { name: 'Sign out' }).boundingBox())?.x).toBeLessThan(230);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: BUTTON }).waitFor();
      await until(async () => page.url() === `${site.url}/`, 'the issuer has sent the person back');
      expect(issuer.ended.at(-1)?.get('client_id')).toBe(CLIENT_ID);
      expect(await kept(page)).toEqual({});
      expect(token.split('.')).toHaveLength(3);
      expect(issuer.requests.join() + watched.foreign.join()).not.toContain(token);
    }

    // Without a token there is the sign-in and nothing else, whatever the address says.
    for (const { at, reads, buttons } of VIEW_BUTTONS) {
      await page.goto(`${site.url}/#/${at}`);
      await page.getByRole('button', { name: BUTTON }).waitFor();
      expect(await offered(page)).toEqual(['Sign in by token', BUTTON]);
      const requests = [reads, ...Object.values(buttons)].filter((request) => request !== null);
      for (const request of requests) expect([request, await isAllowed(site.url, null, request)]).toEqual([request, false]);
    }

    // By now this address has asked too often without a token, and those who open the page still can sign in.
    await page.reload();
    await page.getByRole('button', { name: BUTTON }).waitFor();

    // A session that ends in the middle of work: signed in again, the draft and the place are there.
    await signInAtIssuer(page, { claims: { groups: ['chiefs'] } }, 'Audit');
    await page.goto(`${site.url}/#/rules/draft`);
    const text = page.getByLabel('Rules as YAML');
    await text.fill(`${await text.inputValue()}# mine\n`);
    await page.evaluate("sessionStorage.setItem('f2j-token', 'a.b.c')");
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText('Your sign-in has ended. Sign in again').waitFor();
    await signInAtIssuer(page, { claims: { groups: ['chiefs'] } }, 'Rules');
    await page.getByText('Draft, not saved').waitFor();
    expect(await text.inputValue()).toContain('# mine');
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.locator('dialog[open]').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('As in revision').waitFor();

    // A token works beside it, and nothing of a sign-in was ever written down.
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: BUTTON }).waitFor();
    await page.getByLabel('Token').fill(TOKENS.viewer);
    await page.getByRole('button', { name: 'Sign in by token' }).click();
    await page.getByText('viewer-person').first().waitFor();
    expectClean(watched);
    const log = site.output();
    expect(log).toContain('"route":"/"');
    expect(log).not.toMatch(/code=|state=|[?&]iss=/);
    for (const asked of issuer.asked) for (const name of ['state', 'nonce', 'code_challenge']) expect(log).not.toContain(asked.get(name));
    expect(new Set(issuer.asked.map((asked) => asked.get('state'))).size).toBe(issuer.asked.length);
  });

  test('that leads to nothing says why, and what to do', { timeout: 120_000 }, async () => {
    const files = await loadPage();
    /** The admin server with the page, without tokens of its own. @returns its address */
    const start = async (audience: string): Promise<string> => {
      const oidc = {
        issuer: issuer.issuer,
        audience,
        clientId: CLIENT_ID,
        roleClaim: { name: 'roles', roles: new Map() },
        fetch: directFetch,
      };
      const admin = await startAdmin([], { files, tokens: [], oidc });
      onTestFinished(() => admin.close());
      const url = await admin.app.listen({ host: '127.0.0.1', port: 0 });
      issuer.register(`${url}/`);
      return url;
    };
    const open = async (url: string, expected: readonly number[]): Promise<WatchedPage> => {
      const watched = await watchPage(browser, url, { expected });
      onTestFinished(() => watched.page.context().close());
      await watched.page.goto(`${url}/#/rules`);
      return watched;
    };
    const url = await start(AUDIENCE);
    const watched = await open(url, [400, 401, 503]);
    const { page } = watched;
    const now = Math.floor(Date.now() / 1_000);
    const roles = ['admin'];
    /** Comes back without a session, to where it began, and reads this. */
    const refused = async (person: Person, ...says: readonly string[]): Promise<void> => {
      issuer.person = person;
      await page.getByRole('button', { name: BUTTON }).click();
      for (const text of says) await page.getByRole('alert').getByText(text).first().waitFor();
      expect([page.url(), await kept(page)]).toEqual([`${url}/#/rules`, {}]);
    };
    await page.getByRole('button', { name: BUTTON }).waitFor();
    expect(await offered(page)).toEqual([BUTTON]);
    await refused(
      { claims: {}, refused: { error: 'access_denied', description: 'No <b>seat</b> here' } },
      'The sign-in was refused',
      'access_denied: No <b>seat</b> here',
    );
    await refused(
      { claims: {}, refused: { error: 'temporarily_unavailable', description: 'x'.repeat(5_000) } },
      'The issuer could not sign you in',
    );
    await expectSound(page);
    await refused({ claims: {} }, 'You have no role here', 'OIDC_ROLE_CLAIM');
    await refused({ claims: { roles }, access: { aud: 'other' } }, 'The token is meant for another service', 'OIDC_AUDIENCE');
    await refused({ claims: { roles, exp: now - 3_600 } }, 'The token has ended already', 'compare the clock');
    await refused({ claims: { roles, nbf: now + 3_600 } }, 'The token is not valid yet', 'compare the clock');
    await refused({ claims: { roles, iss: 'https://other.example' } }, 'The issuer answered for another sign-in');
    await refused(
      { claims: { roles }, access: { iss: 'https://other.example' } },
      "The token's claim iss is not as expected",
      'OIDC_ISSUER',
    );
    await refused({ claims: { roles }, nonce: 'other' }, 'The issuer answered for another sign-in');

    // A verifier that is not the one of this sign-in, and a code that has been used.
    const alter = async (change: (form: URLSearchParams) => void | Promise<unknown>): Promise<unknown> =>
      page.route(
        `${issuer.issuer}/token`,
        async (route) => {
          const form = new URLSearchParams(route.request().postData() ?? '');
          await change(form);
          await route.continue({ postData: form.toString() });
        },
        { times: 1 },
      );
    await alter((form) => form.set('code_verifier', 'x'.repeat(43)));
    await refused({ claims: { roles } }, 'The code of this sign-in no longer counts', 'Sign in again');
    await alter((form) => fetch(`${issuer.issuer}/token`, { method: 'POST', body: form }));
    await refused({ claims: { roles } }, 'The code of this sign-in no longer counts');
    await alter((form) => form.set('client_id', 'other'));
    await refused({ claims: { roles } }, 'The issuer gave no token', 'invalid_client');

    // An answer to another state, and one that comes a second time.
    let back = '';
    page.on('request', (request) => (back = request.url().startsWith(`${url}/?code=`) ? request.url() : back));
    await signInAtIssuer(page, { claims: { roles } }, 'Rules');
    expect(back).toMatch(/[?&]state=[\w-]{43}&/);
    await page.evaluate("sessionStorage.removeItem('f2j-token')");
    for (const address of [back, `${url}/?code=x&state=y`, `${url}/?error=access_denied&error_description=Call+us`]) {
      await page.goto(address);
      await page.getByText('This answer belongs to no sign-in of this tab').waitFor();
      expect(page.url()).toBe(`${url}/`);
      expect(await page.getByText('Call us').count()).toBe(0);
    }
    // It does not end a session, and does not replace it.
    await signInAtIssuer(page, { claims: { roles, sub: 'one' } });
    await page.goto(back);
    await page.getByText('oidc:one').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: BUTTON }).waitFor();
    expectClean(watched);

    // The issuer does not answer: neither the page, nor the service.
    await page.route(`${issuer.issuer}/token`, (route) => route.abort(), { times: 1 });
    await page.getByRole('button', { name: BUTTON }).click();
    await page.getByText('The issuer gave no answer that this page may read').waitFor();
    await page.route('**/sign-in.json', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: '{"code":"login-unavailable","title":"The issuer does not answer"}',
      }),
    );
    await page.reload();
    await page.getByText('The issuer does not answer').waitFor();
    await page.getByLabel('Token').waitFor();
    await page.unroute('**/sign-in.json');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: BUTTON }).waitFor();

    // Without https, a browser has no means for it.
    await page.addInitScript("Object.defineProperty(globalThis, 'isSecureContext', { value: false })");
    await page.reload();
    await page.getByRole('button', { name: BUTTON }).click();
    await page.getByText('This page was not opened over https').waitFor();

    // With the client as audience, the ID token counts, and an issuer that ends no sessions is left alone.
    issuer.announceEnd(false);
    onTestFinished(() => issuer.announceEnd(true));
    const byIdToken = await open(await start(CLIENT_ID), [401]);
    await signInAtIssuer(byIdToken.page, { claims: { roles, sub: 'two' }, access: { aud: 'other' } }, 'Rules');
    await byIdToken.page.getByText('oidc:two').first().waitFor();
    const before = issuer.requests.length;
    await byIdToken.page.getByRole('button', { name: 'Sign out' }).click();
    await byIdToken.page.getByRole('button', { name: BUTTON }).waitFor();
    expect(issuer.requests.length).toBe(before);
    expectClean(byIdToken);
  });
});
