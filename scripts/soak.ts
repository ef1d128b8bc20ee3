import { parseArgs } from 'node:util';
import { FIRST_DAY } from '../test/soak/first-day.ts';
import { JIRA_DOWN } from '../test/soak/jira-down.ts';
import { LOST_EVENTS } from '../test/soak/lost-events.ts';
import { MANY_FINDINGS } from '../test/soak/many-findings.ts';
import { PAGE_OPEN } from '../test/soak/page-open.ts';
import { REVOKED_TOKEN } from '../test/soak/revoked-token.ts';
import { upgradeScenarios } from '../test/soak/rolling-upgrade.ts';
import { STORE_REFUSES } from '../test/soak/store-refuses.ts';
import type { Scenario, SoakResult } from '../test/soak/scenario.ts';

/**
 * Plays the long tests that `npm test` has in short form, against whole service processes, and measures: `npm run soak`.
 * `--only full-disk` plays one of them, `--seconds 10` lets each fault last ten seconds instead of two minutes, and the page stay open for that long
 * instead of an hour. `--from v0.1.0` upgrades from this commit or tag instead of the newest release. Exit code 1: a promise was broken, or a bound
 * on time was exceeded.
 */

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 86_400;
/** Of the names of figures in the table. */
const WIDTH = 44;

const { values } = parseArgs({ options: { only: { type: 'string' }, seconds: { type: 'string' }, from: { type: 'string' } } });
const scenarios: readonly Scenario[] = [
  ...STORE_REFUSES,
  REVOKED_TOKEN,
  JIRA_DOWN,
  FIRST_DAY,
  LOST_EVENTS,
  MANY_FINDINGS,
  PAGE_OPEN,
  ...upgradeScenarios(values.from ?? null),
];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// Every replica of a run listens for the exit of this process, to end its own process.
process.setMaxListeners(0);
const seconds = values.seconds === undefined ? null : secondsOf(values.seconds);
const chosen = scenarios.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) endWith(`--only: expected one of ${scenarios.map(({ name }) => name).join(', ')}`);

let broken = 0;
for (const scenario of chosen) {
  if (scenario.missing !== null) say(`${scenario.name}: skipped, since this machine lacks ${scenario.missing}`);
  else broken += report(scenario, await scenario.play(seconds ?? scenario.usualSeconds ?? DEFAULT_SECONDS));
}
process.exit(broken === 0 ? 0 : 1);

/** @returns the number of broken promises and bounds */
function report({ name }: Scenario, { figures, violations, late }: SoakResult): number {
  say(name);
  for (const [what, figure] of Object.entries(figures)) say(`  ${what.padEnd(WIDTH)}${figure.padStart(10)}`);
  for (const what of violations) say(`  BROKEN ${what}`);
  for (const what of late) say(`  LATE ${what}`);
  return violations.length + late.length;
}

function secondsOf(text: string): number {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= MAX_SECONDS
    ? value
    : endWith(`--seconds: expected a whole number from 1 to ${MAX_SECONDS}`);
}

function endWith(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
