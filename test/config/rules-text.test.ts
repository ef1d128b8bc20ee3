import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRulesExport } from '../../src/config/rules-export.ts';
import { readRulesText, renderRulesText } from '../../src/config/rules-text.ts';
import type { RuleSet } from '../../src/rules/routing-rule.ts';
import { testFolder } from '../support/service/service-process.ts';

const match = { source: ['aws.access-analyzer'] };
const ignore = (id: string, description: string) => ({ id, description, match, action: 'ignore' as const });
const noPause = async (): Promise<void> => undefined;

describe('a text', () => {
  test('is read without a thread when it is short, with the place of a mistake', async () => {
    expect(await readRulesText('version: 1\nrules: []')).toEqual({ ok: true, input: { version: 1, rules: [] } });
    expect(await readRulesText('a: 1\na: 2')).toEqual({
      ok: false,
      problems: [{ path: 'line 2, column 1', message: 'Map keys must be unique' }],
    });
  });

  test('is read in a thread when it is long, while timers run', async () => {
    const rules = Array.from({ length: 3_000 }, (_, n) => ignore(`r-${n}`, 'x'.repeat(100)));
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    const read = await readRulesText(await renderRulesText({ version: 1, rules }, noPause));
    clearInterval(timer);
    expect(read).toEqual({ ok: true, input: { version: 1, rules } });
    expect(ticks).toBeGreaterThan(10);
  });

  test('with a mistake is reported by the thread, too', async () => {
    expect(await readRulesText(`${'# words\n'.repeat(10_000)}a: [`)).toMatchObject({
      ok: false,
      problems: [{ path: expect.stringMatching(/^line \d+, column \d+$/) }],
    });
  });
});

test('a rule set is read as it was written, with any texts', async () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('no', '1', 'null', '# x', 'a: b', ' a\n\n  b ', "'", '"', '- x', '\t', '&a', '*a'),
  );
  const record = fc.record({ name: word, finding: fc.dictionary(word, fc.oneof(word, fc.constant(null), fc.boolean(), fc.integer())) });
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 4 }), fc.array(record, { maxLength: 3 }), async (words, tests) => {
      const ruleSet: RuleSet = {
        version: 1,
        rules: words.map((revision, n) => ignore(`r-${n}`, revision)),
        ...(tests.length === 0 ? {} : { tests: tests.map((one) => ({ ...one, expect: { action: 'ignore' } })) }),
      };
      expect(await readRulesText(await renderRulesText(ruleSet, noPause))).toEqual({
        ok: true,
        input: JSON.parse(JSON.stringify(ruleSet)),
      });
    }),
    { numRuns: 300 },
  );
});

describe('the export', () => {
  const rules: RuleSet = { version: 1, rules: [ignore('one', 'first')] };
  const revision = { revision: 7, savedAt: 0, savedBy: 'anna', comment: 'two\nlines' };

  test('is a rules file whose head names the revision', async () => {
    const folder = testFolder();
    const exporting = createRulesExport(folder, noPause);
    expect(await exporting.has(7)).toBe(false);
    await exporting.write(revision, rules);
    expect(await exporting.has(7)).toBe(true);
    const text = readFileSync(join(folder, 'rules', '7.yaml'), 'utf8');
    expect(text.split('\n')[0]).toBe('# Revision 7, saved at 1970-01-01T00:00:00.000Z by "anna", "two\\nlines"');
    expect(await readRulesText(text)).toEqual({ ok: true, input: rules });
  });

  test('leaves the old file when it cannot be written', async () => {
    const folder = testFolder();
    const exporting = createRulesExport(folder, noPause);
    mkdirSync(join(folder, 'rules', '7.yaml.new'), { recursive: true });
    writeFileSync(join(folder, 'rules', '7.yaml'), 'old');
    await expect(exporting.write(revision, rules)).rejects.toThrow(/EISDIR/);
    expect(readFileSync(join(folder, 'rules', '7.yaml'), 'utf8')).toBe('old');
    expect(readdirSync(join(folder, 'rules'))).toHaveLength(2);
  });
});
