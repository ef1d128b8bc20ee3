import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { summaryTable, verdictOf, type PartReport } from './bench/bench-figures.ts';
import { benchKnown } from './bench/bench-known.ts';
import { benchLatency } from './bench/bench-latency.ts';
import { benchOpening } from './bench/bench-opening.ts';
import { STORES } from './bench/bench-store.ts';
import { backtest, calls, exports, intake, page, rates, requests, sizes, starts } from './bench/bench-parts.ts';

/**
 * The benchmark. Prints the tables of each part and one summary, and writes both into bench.json. docs/performance.md says what each part measures.
 * `--only opening,latency` measures those parts alone. `--findings 1000,1000000` says how many findings are known in the part `known`.
 * `--store embedded` leaves the other one out of the parts `opening`, `latency` and `known`.
 * `--quick` measures a tenth of everything: enough to see that it works, and too little to believe the figures.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    findings: { type: 'string' },
    store: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const of = (count: number): number => (values.quick ? Math.ceil(count / 10) : count);
const known = (values.findings ?? `${of(1_000)},${of(100_000)}`).split(',').map(Number);
const stores = STORES.filter((store) => values.store === undefined || values.store === store);

const PARTS: Readonly<Record<string, () => Promise<PartReport>>> = {
  starts: () => starts(of(5)),
  intake: () => intake(of(10_000)),
  opening: () => benchOpening(of(3_000), stores),
  latency: () => benchLatency(of(30), stores),
  calls: () => calls(of(1_000)),
  rates: () => rates(of(2_000)),
  known: () => benchKnown(known, { events: of(30), rest: values.quick ? 40 : 120 }, stores),
  requests,
  backtest: () => backtest(of(100_000)),
  exports: () => exports(of(100_000)),
  sizes: () => sizes(of(10_000)),
  page: () => page(of(100_000)),
};

const wanted = values.only?.split(',') ?? Object.keys(PARTS);
const unknown = wanted.filter((name) => PARTS[name] === undefined);
if (unknown.length > 0) endWith(`--only: expected some of ${Object.keys(PARTS).join(', ')}, not ${unknown.join(', ')}`);
if (stores.length === 0) endWith(`--store: expected one of ${STORES.join(', ')}`);
if (known.some((count) => !Number.isInteger(count) || count < 1)) endWith('--findings: expected numbers, separated by commas');

const reports: Record<string, PartReport> = {};
for (const name of wanted) {
  const report = await PARTS[name]?.();
  if (report === undefined) continue;
  reports[name] = report;
  for (const table of report.tables) console.table(table);
}
const summary = Object.values(reports).flatMap((report) => report.summary);
console.table(summaryTable(summary));
const parts = Object.fromEntries(Object.entries(reports).map(([name, { measured }]) => [name, measured]));
const rows = summary.map((row) => ({ ...row, verdict: verdictOf(row) }));
writeFileSync('bench.json', `${JSON.stringify({ quick: values.quick, summary: rows, ...parts }, null, 2)}\n`);

function endWith(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}
