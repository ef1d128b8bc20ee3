import { expect, test } from 'vitest';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const FINDINGS = 40;
/** Fewer where requests wait until they time out. */
const MIXED = 15;

function accept(parts: ServiceParts, numbers: readonly number[]): Promise<unknown> {
  return Promise.all(numbers.map((n) => parts.accept(findingOf(numberedEvent(n, 1)))));
}

/** Time goes on until every finding has its issue. */
async function allOpened({ clock, jira }: Site, count: number): Promise<void> {
  await until(
    () => {
      clock.forward(1_000);
      return jira.issues().length >= count;
    },
    'every finding has its issue',
    60_000,
  );
}

function createsIn({ jira }: Site): number {
  return jira.history().filter(({ operation }) => operation === 'POST /issue').length;
}

test('an endpoint that is away: nothing is sent, every failure says so, and each finding gets its one issue when it is back', async () => {
  const site = await openSite();
  const parts = await site.start({ working: true, oauth: true });
  // The store has been read back: without a token, that alone would hold everything.
  await accept(parts, [FINDINGS]);
  await allOpened(site, 1);
  const before = site.jira.history().length;
  site.jira.faults.tokenEndpoint = 'fails';
  site.clock.forward(61 * 60_000);
  await accept(parts, range(FINDINGS));
  const code = async (n: number): Promise<string | undefined> =>
    (await parts.record(findingOf(numberedEvent(n, 1)).key))?.mapping.error?.code;
  await until(async () => (await Promise.all(range(FINDINGS).map(code))).every((one) => one === 'jira-sign-in'), 'all have failed');
  expect(site.jira.history()).toHaveLength(before);
  site.jira.faults.tokenEndpoint = 'works';
  await allOpened(site, FINDINGS + 1);
  expect([site.created(), createsIn(site)]).toEqual([FINDINGS + 1, FINDINGS + 1]);
});

test('credentials that are refused are one event; accepted again, everything is opened', async () => {
  const site = await openSite();
  site.jira.faults.tokenEndpoint = 'refuses';
  const parts = await site.start({ working: true, oauth: true });
  await accept(parts, range(FINDINGS));
  const refused = (): number => parts.serviceEvents.filter(({ what }) => what === 'token-refused').length;
  await until(() => refused() > 0, 'it is reported');
  await until(() => {
    site.clock.forward(5_000);
    return site.jira.tokenRequests() > 5;
  }, 'it is asked again and again');
  expect([refused(), site.jira.history()]).toEqual([1, []]);
  expect(parts.access.state()).toMatchObject({ access: 'refused', message: expect.stringContaining('JIRA_OAUTH_CLIENT_SECRET') });
  site.jira.faults.tokenEndpoint = 'works';
  await allOpened(site, FINDINGS);
  expect([site.created(), createsIn(site)]).toEqual([FINDINGS, FINDINGS]);
});

test('an endpoint that fails, hangs and answers oddly while tokens end early and answers of Jira are lost: no issue is missing or twice', async () => {
  const site = await openSite();
  const parts = await site.start({ working: true, oauth: true, timeoutMs: 150 });
  await accept(parts, [MIXED]);
  await allOpened(site, 1);
  Object.assign(site.jira.faults, {
    // Shorter than what the endpoint says, so that Jira refuses tokens that seem to be valid.
    accessTokenMs: 60_000,
    loseAnswerRate: 0.1,
    tokenFaults: ['fails', 'works', 'hangs', 'huge-lifetime', 'page', 'zero-lifetime', 'cut', 'no-lifetime', 'hangs'],
  });
  site.clock.forward(61 * 60_000);
  await accept(parts, range(MIXED));
  const isOpen = async (n: number): Promise<boolean> => (await parts.record(findingOf(numberedEvent(n, 1)).key))?.mapping.state === 'open';
  let last = MIXED;
  await until(
    async () => {
      site.clock.forward(15_000);
      const allOpen = (await Promise.all(range(last + 1).map(isOpen))).every(Boolean);
      // How many tokens the findings need depends on chance: more findings, until the endpoint has played every fault.
      if (allOpen && site.jira.faults.tokenFaults.length > 0) {
        last += 1;
        await accept(parts, [last]);
        return false;
      }
      return allOpen;
    },
    'every finding knows its issue, and every fault is played',
    60_000,
  );
  expect(site.jira.issues()).toHaveLength(last + 1);
  expect(site.jira.history().some(({ status }) => status === 401)).toBe(true);
}, 90_000);
