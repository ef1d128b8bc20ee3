import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { IssuerSignIn } from '../src/admin/sign-in.ts';
import { openBrowser, THEMES, WIDTHS } from '../test/support/browser/open-browser.ts';
import { HASH_FILE, hashOfShown } from './picture-sources.ts';

/** Takes every picture of docs/ and of the README from the running demo. */
const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/pictures');
/** Of the demo: by then all findings have arrived and a third is resolved. */
const DEMO_MS = 25_000;
/** For data and pictures to be drawn, ms. */
const DRAWN_MS = 1_200;
const HEIGHT = { 1280: 860, 360: 760 } as const;

interface Picture {
  readonly name: string;
  /** Behind the address of the page. */
  readonly place: string;
  readonly prepare?: (page: Page) => Promise<void>;
  /** Answers for a service that asks who this is, as the demo does not. */
  readonly signedOut?: boolean;
}

/** Of the demo as it is. */
const PICTURES: readonly Picture[] = [
  { name: 'sign-in', place: '', signedOut: true },
  { name: 'overview', place: '#/overview' },
  { name: 'findings', place: '#/findings' },
  {
    name: 'finding',
    place: '#/findings?state=closed',
    prepare: async (page) => {
      await page.locator('.row-link').first().click();
      await page.getByText('Issue opened').first().waitFor();
    },
  },
  { name: 'rules', place: '#/rules' },
  {
    name: 'try',
    place: '#/rules/try',
    prepare: async (page) => {
      await page.locator('.pick').first().click();
      await page.locator('.trace').waitFor();
    },
  },
  { name: 'history', place: '#/rules/history', prepare: (page) => page.getByRole('link', { name: 'Revision 1' }).waitFor() },
  { name: 'draft', place: '#/rules/draft?rule=unused', prepare: writeDraft },
  {
    name: 'sweeps',
    place: '#/sweeps',
    prepare: async (page) => {
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByRole('button', { name: 'Begin' }).click();
      await page.getByText('Done', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Dismiss' }).click();
    },
  },
  {
    name: 'doctor',
    place: '#/doctor',
    prepare: (page) =>
      page
        .getByText(/a look$|are well$/)
        .first()
        .waitFor(),
  },
];

/** As a service with an issuer and tokens answers. */
const ISSUER: IssuerSignIn = {
  issuer: 'https://login.example.com',
  clientId: 'findings-to-jira',
  authorizationEndpoint: 'https://login.example.com/authorize',
  tokenEndpoint: 'https://login.example.com/token',
  endSessionEndpoint: null,
  send: 'id_token',
};

/** Of the demo after something has gone wrong. */
const TROUBLED: readonly Picture[] = [
  { name: 'failures', place: '#/failures', prepare: (page) => page.getByText('Jira says').first().waitFor() },
  { name: 'dead-letters', place: '#/dead-letters', prepare: (page) => page.locator('.row-name').first().waitFor() },
  { name: 'pauses', place: '#/pauses', prepare: (page) => page.getByText('Ends').first().waitFor() },
  { name: 'audit', place: '#/audit', prepare: (page) => page.getByText('pause.set').first().waitFor() },
];

const demo = spawn(process.execPath, [join(root, 'src/sandbox/demo.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
let output = '';
demo.stdout.on('data', (chunk) => (output += String(chunk)));
try {
  await sleep(DEMO_MS);
  const [pageUrl, boardUrl] = [addressAfter('admin page'), addressAfter('Jira board')];
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  await takeAll(browser, pageUrl, PICTURES);
  await takeBoard(browser, boardUrl);
  await makeTrouble(pageUrl, boardUrl);
  await takeAll(browser, pageUrl, TROUBLED);
  await browser.close();
  writeFileSync(join(root, HASH_FILE), `${hashOfShown(root)}\n`);
  process.stdout.write(`Took ${(PICTURES.length + TROUBLED.length) * WIDTHS.length * THEMES.length + 1} pictures in docs/\n`);
} finally {
  demo.kill('SIGINT');
  await once(demo, 'close');
}

function addressAfter(name: string): string {
  const address = new RegExp(`${name} +(http://\\S+)`).exec(output)?.[1];
  if (address === undefined) throw new Error(`The demo did not say where its ${name} is:\n${output}`);
  return address;
}

async function takeAll(browser: Browser, url: string, pictures: readonly Picture[]): Promise<void> {
  for (const width of WIDTHS) {
    for (const theme of THEMES) for (const picture of pictures) await take(browser, url, picture, width, theme);
  }
}

/** A draft with a plan, a test that fails, and its backtest. */
async function writeDraft(page: Page): Promise<void> {
  const text = page.getByLabel('Rules as YAML');
  const rules = (await text.inputValue()).replace('project: PLAT', 'project: SEC');
  await text.fill(
    `${rules}tests:\n  - name: public buckets\n    finding: { isPublic: true, accountId: "111122223333" }\n    expect: { action: issue, project: PLAT }\n`,
  );
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByRole('button', { name: 'Backtest', exact: true }).click();
  await page.getByText('1 test of 1 failed').waitFor();
  await page.getByRole('button', { name: 'Line' }).first().click();
  await page.getByText('Done', { exact: true }).waitFor();
  await page.evaluate('scrollTo(0, 0)');
}

/** Jira refuses some of the issues that are released, messages come that are no findings, and an operator pauses a project. */
async function makeTrouble(pageUrl: string, boardUrl: string): Promise<void> {
  const refusal = (status: number, body: object): object => ({ on: 'POST /issue', fault: 'status', status, body });
  const noRight = refusal(403, { errorMessages: ['You do not have permission to create issues in this project.'], errors: {} });
  const noField = refusal(400, { errorMessages: [], errors: { duedate: 'Specify a due date.' } });
  await send('PATCH', `${boardUrl}sandbox/faults`, { next: [noField, noRight, noRight, noRight] });
  const { queues } = JSON.parse(await (await fetch(`${pageUrl}api/v1/status`)).text());
  for (const body of ['hello', '{ "source": "aws.s3", "detail-type": "Object Created", "detail": {} }']) {
    const message = { QueueUrl: queues[0].url, MessageBody: body };
    await send('POST', new URL(queues[0].url).origin, message, {
      'x-amz-target': 'AmazonSQS.SendMessage',
      'content-type': 'application/x-amz-json-1.0',
    });
  }
  const until = new Date(Date.now() + 5 * 3_600_000).toISOString();
  await send('PUT', `${pageUrl}api/v1/pauses/project:PLAT`, { reason: 'Change of the workflow, see PLAT-1200', until });
  await send('POST', `${pageUrl}api/v1/mappings/release`, { filter: { projectKey: 'SEC' } });
}

async function send(method: string, url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const answer = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${url} was answered with ${answer.status}: ${await answer.text()}`);
}

async function take(
  browser: Browser,
  url: string,
  { name, place, prepare, signedOut = false }: Picture,
  width: 1280 | 360,
  theme: 'light' | 'dark',
): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: HEIGHT[width] }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  if (signedOut) {
    const refused = { code: 'unauthorized', title: 'A token is needed', status: 401 };
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', json: refused }));
    await page.route('**/sign-in.json', (route) => route.fulfill({ json: { tokens: true, oidc: ISSUER } }));
  }
  await page.goto(url + place);
  await (signedOut ? page.getByRole('heading', { name: 'Sign in' }) : page.locator('.live.good:visible').first()).waitFor();
  await prepare?.(page);
  await sleep(DRAWN_MS);
  await page.screenshot({ path: join(folder, `${name}-${width === 1280 ? 'wide' : 'narrow'}-${theme}.png`) });
  await context.close();
}

async function takeBoard(browser: Browser, url: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  await page.goto(url);
  await page.screenshot({ path: join(root, 'docs/board.png') });
}
