import { join } from 'node:path';
import { runTool } from '../../scripts/run-tool.ts';
import type { Scenario } from './scenario.ts';

const ROOT = join(import.meta.dirname, '../..');
const OLD_FINDINGS = '2000';

/** The first day in front of 2,000 old findings on a virtual clock: the test that `npm test` runs with 300. */
export const FIRST_DAY: Scenario = {
  name: 'first-day',
  missing: null,
  async play() {
    process.env['OLD_FINDINGS'] = OLD_FINDINGS;
    const args = ['run', '--no-color', 'test/pipeline/listing/first-day.test.ts', '-t', 'an empty store in front of old findings'];
    const { exitCode, output } = await runTool('vitest', args, ROOT);
    const passed = exitCode === 0 && /Tests\s+1 passed/.test(output);
    return { figures: { 'old findings': OLD_FINDINGS }, violations: passed ? [] : [output.slice(-2_000)], late: [] };
  },
};
