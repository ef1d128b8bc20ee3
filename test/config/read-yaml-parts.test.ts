import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readYaml, type ReadYaml } from '../../src/config/read-yaml.ts';
import { readYamlInParts } from '../../src/config/read-yaml-parts.ts';
import { renderRulesText } from '../../src/config/rules-text.ts';
import { range } from '../support/findings/findings-by-number.ts';

const rule = (n: number, text = '"x"'): string =>
  `  - id: rule-${n}\n    # a comment\n    description: ${text}\n    match: { source: [a] }\n`;

/** Some hundred rules, with others in the middle. */
const around = (middle: string): string =>
  `# head\nversion: 1\nrules:\n${range(600)
    .map((n) => rule(n))
    .join('')}${middle}${range(600)
    .map((n) => rule(1_000 + n))
    .join('')}tests: []\n`;

/** The content, or the line of the first fault. */
function shortOf(read: ReadYaml): unknown {
  return read.ok ? read.input : { line: read.faults[0]?.at?.line };
}

describe('a long text is read as if it were read at once', () => {
  test.each<[string, string]>([
    ['plain rules', ''],
    ['a text of several lines', rule(7, '|+\n      - id: no rule\n\n      # no comment\n\n')],
    ['a folded text', rule(7, '>-\n      a\n      b\n')],
    ['a quoted text over lines', rule(7, '"a\n      - b"')],
    ['a list over lines', '  - id: x\n    match: {\n      a: [\n        1,\n        2 ] }\n'],
    ['comments and blank lines', '\n\n# at the margin\n  # deeper\n      # deepest\n'],
    ['an item with its content below', '  -\n    id: x\n'],
    ['line ends of Windows', '  - id: x\r\n    match: { a: [1] }\r\n'],
    ['a fault', '  - id: x\n    id: y\n'],
    ['a list that is not closed', '  - id: x\n    match: [\n'],
    ['a quote that is not closed', '  - id: "x\n'],
    ['content that is not indented', '  - id: |\n  text\n'],
    ['a tab', '  -\tid: x\n'],
    ['an anchor and its alias', '  - &a { id: x }\n  - *a\n'],
    ['a member among the items', '  id: x\n'],
    ['another document', '---\nrules: []\n'],
    ['a key twice', 'rules: []\n'],
    ['another key, and then text', 'other: "a\n  b"\nrules2: x\n'],
    ['a name in quotes', '"other": 1\n'],
  ])('%s', (_, middle) => {
    const text = around(middle);
    expect(shortOf(readYamlInParts(text))).toEqual(shortOf(readYaml(text)));
  });

  test('rules at the margin, and rules at the end', () => {
    const text = `rules:\n${range(1_500)
      .map((n) => rule(n).replaceAll(/^ {2}/gm, ''))
      .join('')}`;
    expect(readYamlInParts(text)).toEqual(readYaml(text));
  });

  test('whatever the service writes', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('- x', '# x', ' a\n\n  b ', '\t', 'a: b', '---', 'rules:\n  - x'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 4 }), async (words) => {
        const match = { source: words };
        const rules = range(700).map((n) => ({
          id: `r-${n}`,
          description: `${words[n % words.length]}${'x'.repeat(60)}`,
          match,
          action: 'ignore' as const,
        }));
        const text = await renderRulesText({ version: 1, rules }, async () => undefined);
        expect(readYamlInParts(text)).toEqual({ ok: true, input: JSON.parse(JSON.stringify({ version: 1, rules })) });
      }),
      { numRuns: 10 },
    );
  });
});

test('a key that comes twice is found, wherever and in however many', () => {
  expect(readYaml('a: { b: 1, c: [{ d: 1, d: 2 }] }')).toMatchObject({
    faults: [{ at: { line: 1, column: 24 }, message: 'Map keys must be unique' }],
  });
  expect(readYaml('"a": 1\na: 2')).toMatchObject({ ok: false });
  const keys = range(20_000)
    .map((n) => `k${n}: 1\n`)
    .join('');
  expect(readYaml(keys)).toMatchObject({ ok: true });
  expect(readYaml(`${keys}k7: 1`)).toMatchObject({ faults: [{ at: { line: 20_001 } }] });
});
