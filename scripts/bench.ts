import { writeFileSync } from 'node:fs';
import { benchCalls } from './bench-calls.ts';

/** The benchmark: what findings cost in calls to Jira. Prints a table and writes bench.json. */
const FINDINGS = 1_000;

const calls = await benchCalls(FINDINGS);
console.table(
  calls.map(({ what, findings, calls: made, perFinding, operations }) => ({
    what,
    findings,
    calls: made,
    'calls a finding': perFinding.toFixed(3),
    operations: Object.entries(operations)
      .map(([operation, count]) => `${count} ${operation}`)
      .join(', '),
  })),
);
writeFileSync('bench.json', `${JSON.stringify({ calls }, null, 2)}\n`);
