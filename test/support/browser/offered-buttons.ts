import type { Page } from 'playwright-core';

/** A request that a button leads to, in a form that changes nothing, with any role: a dry run, a thing that is not there, or a body that is refused. */
export type Request = readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string];

/** What a view offers in its content and in an opened sheet, by the names of the buttons. Null: it only changes what is shown. */
export interface ViewButtons {
  /** As in the address behind `#/`. */
  readonly at: string;
  /** Stands in the content once the view is there. */
  readonly sight: string;
  /** The request without which the view has nothing to show. */
  readonly reads: Request;
  readonly buttons: Readonly<Record<string, Request | null>>;
}

const RETRY: Request = ['POST', '/failures/retry', '{"filter":{},"dryRun":true}'];
const RELEASE: Request = ['POST', '/mappings/release', '{"filter":{},"dryRun":true}'];
const SWEEP: Request = ['POST', '/sweeps', '{"dryRun":"no boolean"}'];
const SAVE: Request = ['PUT', '/rules?dryRun=true', '{}'];
const EVALUATE: Request = ['POST', '/rules/evaluate', '{}'];
const PAUSE: Request = ['PUT', '/pauses/rule:none', '{}'];
const REDRIVE: Request = ['POST', '/dead-letters/redrive', '{"dryRun":true}'];

/** Filters, sort and CSV of what the list shows, and the end of a sheet. */
const LIST = Object.fromEntries(
  [
    'Account',
    'CSV',
    'Changed',
    'Clear',
    'Close',
    'Copy the ARN',
    'Copy the finding id',
    'Issue',
    'More',
    'Remove the filter State',
    'Resource',
    'Severity',
    'State',
  ].map((name) => [name, null]),
);
const SHEET = {
  Reconcile: ['POST', '/mappings/none/reconcile'],
  'Link an issue': ['PUT', '/mappings/none', '{}'],
} as const;

/** Every view, where one finding has failed (`finding-1`), one is held (`finding-2`), one has an issue (`finding-3`), one message was unreadable, and there are two revisions of the rules. */
export const VIEW_BUTTONS: readonly ViewButtons[] = [
  {
    at: 'overview',
    sight: '1 issue cannot be written',
    reads: ['GET', '/status'],
    buttons: { 'Retry 1': RETRY, 'Release 1': RELEASE, Release: RELEASE },
  },
  {
    at: 'failures',
    sight: 'A permission is missing',
    reads: ['GET', '/failures'],
    buttons: { 'Retry all': RETRY, 'Retry 1': RETRY, 'Retry bucket-1': RETRY },
  },
  { at: 'findings?state=held', sight: 'bucket-2', reads: ['GET', '/mappings'], buttons: { ...LIST, 'Release these': RELEASE } },
  {
    at: 'findings/finding-2?state=held',
    sight: 'Timeline',
    reads: ['GET', '/mappings'],
    buttons: { ...LIST, ...SHEET, 'Release these': RELEASE, Release: RELEASE },
  },
  {
    at: 'findings/finding-3',
    sight: 'Timeline',
    reads: ['GET', '/mappings'],
    buttons: {
      ...LIST,
      Reconcile: SHEET.Reconcile,
      'Link another issue': SHEET['Link an issue'],
      Unlink: ['DELETE', '/mappings/none'],
    },
  },
  { at: 'dead-letters', sight: 'Not JSON', reads: ['GET', '/dead-letters'], buttons: { 'Read all again': REDRIVE } },
  {
    at: 'pauses',
    sight: 'Until it is lifted',
    reads: ['GET', '/pauses'],
    buttons: { Pause: PAUSE, 'Change: Project SEC': PAUSE, 'Lift: Project SEC': ['DELETE', '/pauses/rule:none'] },
  },
  { at: 'sweeps', sight: 'Last sweep over Jira', reads: ['GET', '/status'], buttons: { 'Dry run': SWEEP, 'Sweep now': SWEEP } },
  { at: 'rules', sight: 'everything', reads: ['GET', '/rules'], buttons: {} },
  {
    at: 'rules/draft',
    sight: 'Backtest',
    reads: ['POST', '/rules/backtest', '{}'],
    buttons: {
      Check: SAVE,
      'Save …': SAVE,
      Backtest: ['POST', '/rules/backtest', '{}'],
      'A known finding': EVALUATE,
      'An event': EVALUATE,
    },
  },
  { at: 'rules/try', sight: 'A known finding', reads: EVALUATE, buttons: { 'A known finding': EVALUATE, 'An event': EVALUATE } },
  {
    at: 'rules/history/1',
    sight: 'Revision 1',
    reads: ['GET', '/rules/history'],
    buttons: { Close: null, 'Roll back to this revision': ['POST', '/rules/rollback', '{}'] },
  },
  { at: 'doctor', sight: 'Check again', reads: ['GET', '/doctor'], buttons: { 'Check again': ['GET', '/doctor'] } },
  { at: 'audit', sight: 'Load again', reads: ['GET', '/audit'], buttons: { Filter: ['GET', '/audit'], 'Load again': ['GET', '/audit'] } },
];

/** Whether the API lets the bearer of a token do that; null: without a token. */
export async function isAllowed(url: string, token: string | null, [method, path, body]: Request): Promise<boolean> {
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    'if-match': '"1"',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const { status } = await fetch(`${url}/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  // An address that asks too often without a valid token gets the third of them.
  return ![401, 403, 429].includes(status);
}

/** The names of the buttons in the content and in an open sheet, each once, in order; without those that only choose a finding of a list. */
export async function offered(page: Page): Promise<readonly string[]> {
  const names = await page
    .locator('main button:not(.pick):visible, dialog[open] button:not(.pick):visible')
    .evaluateAll((buttons) => buttons.map((button) => (button.getAttribute('aria-label') ?? button.textContent).trim()));
  return [...new Set(names)].toSorted();
}
