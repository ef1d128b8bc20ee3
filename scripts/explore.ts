import { parseArgs } from 'node:util';
import { explore, type Explored } from '../test/explore/explore.ts';
import { SCENARIOS } from '../test/explore/scenarios.ts';

/**
 * Follows every order in which replicas, faults and events can meet around one group, within bounds, and checks that no promise is broken:
 * `npm run explore`. `--scenario returns` explores one of the scenarios. `--deaths`, `--stops`, `--lost-answers`, `--lost-commits` say how many of
 * these faults may happen, and `--preemptions` how often a replica may go ahead of one that could go on; `all`: at any time. Each of them multiplies
 * the time. Exit code 1: a promise was broken, and the schedule that led to it is printed.
 */

const MAX_FAULTS = 10;
const MAX_REPLICAS = 3;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    replicas: { type: 'string', default: '2' },
    deaths: { type: 'string', default: '1' },
    stops: { type: 'string', default: '0' },
    'lost-answers': { type: 'string', default: '1' },
    'lost-commits': { type: 'string', default: '0' },
    preemptions: { type: 'string', default: '1' },
  },
});
const chosen = Object.entries(SCENARIOS).filter(([word]) => values.scenario === undefined || values.scenario === word);
if (chosen.length === 0) endWith(`--scenario: expected one of ${Object.keys(SCENARIOS).join(', ')}`);
const replicas = number('replicas', values.replicas, 1, MAX_REPLICAS);
const faults = {
  deaths: number('deaths', values.deaths, 0, MAX_FAULTS),
  stops: number('stops', values.stops, 0, MAX_FAULTS),
  lostAnswers: number('lost-answers', values['lost-answers'], 0, MAX_FAULTS),
  lostCommits: number('lost-commits', values['lost-commits'], 0, MAX_FAULTS),
  preemptions: values.preemptions === 'all' ? Infinity : number('preemptions', values.preemptions, 0, MAX_FAULTS),
};
for (const [, { name, events }] of chosen) {
  const began = performance.now();
  const explored = await explore({ events, replicas, faults });
  report(name, explored, performance.now() - began);
  if (explored.breach !== null) process.exitCode = 1;
}

function report(name: string, { worlds, steps, schedules, longest, ends, breach }: Explored, tookMs: number): void {
  const counts = `${worlds} worlds, ${steps} steps, ${ends} worlds at rest, ${(tookMs / 1_000).toFixed(1)} s`;
  say(`${name}: ${counts}`);
  if (breach === null) return say(`  no promise is broken in ${schedules.toPrecision(3)} schedules of up to ${longest} steps`);
  say(`  BROKEN ${breach.promise}: ${breach.what}`);
  for (const step of breach.schedule) say(`    ${step}`);
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value >= least && value <= most
    ? value
    : endWith(`--${name}: expected a whole number from ${least} to ${most}`);
}

function endWith(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
