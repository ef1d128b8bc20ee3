import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
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
}

const PICTURES: readonly Picture[] = [
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
];

const demo = spawn(process.execPath, [join(root, 'src/sandbox/demo.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
let output = '';
demo.stdout.on('data', (chunk) => (output += String(chunk)));
try {
  await sleep(DEMO_MS);
  const [pageUrl, boardUrl] = [addressAfter('admin page'), addressAfter('Jira board')];
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  for (const width of WIDTHS) {
    for (const theme of THEMES) for (const picture of PICTURES) await take(browser, pageUrl, picture, width, theme);
  }
  await takeBoard(browser, boardUrl);
  await browser.close();
  writeFileSync(join(root, HASH_FILE), `${hashOfShown(root)}\n`);
  process.stdout.write(`Took ${PICTURES.length * WIDTHS.length * THEMES.length + 1} pictures in docs/\n`);
} finally {
  demo.kill('SIGINT');
  await once(demo, 'close');
}

function addressAfter(name: string): string {
  const address = new RegExp(`${name} +(http://\\S+)`).exec(output)?.[1];
  if (address === undefined) throw new Error(`The demo did not say where its ${name} is:\n${output}`);
  return address;
}

async function take(
  browser: Browser,
  url: string,
  { name, place, prepare }: Picture,
  width: 1280 | 360,
  theme: 'light' | 'dark',
): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: HEIGHT[width] }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url + place);
  await page.locator('.live.good:visible').first().waitFor();
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
