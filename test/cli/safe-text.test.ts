import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { csvCell } from '../../src/cli/csv.ts';
import { cutText, safeJson, safeLines, safeText, widthOf } from '../../src/cli/safe-text.ts';
import { safeYaml } from '../../src/cli/safe-yaml.ts';

const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Texts in which the characters that matter are frequent. */
const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '=', '\u001b[31m', '\u202e', '\u2028', '\u{e0041}', '\n', '\t', '"', ',', "'", ':', '漢', '👩‍👩‍👧', 'é', ' '))
    .map((parts) => parts.join('')),
);
const values = fc
  .tuple(fc.jsonValue(), texts)
  .map(([value, text]): unknown => JSON.parse(JSON.stringify({ value, [text]: [text, { text }] })));

describe('what a terminal is given', () => {
  test('has no character that it would obey', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(safeText(text)).not.toMatch(UNSEEN);
        expect(safeLines(text).replaceAll('\n', '')).not.toMatch(UNSEEN);
        expect(csvCell(text)).not.toMatch(UNSEEN);
      }),
    );
    expect(safeText('a\u001b[2Jb\n\u202ec\u{e0041}')).toBe('a\\u{1b}[2Jb\\n\\u{202e}c\\u{e0041}');
    expect(safeText('Zürich, 東京, مكتب')).toBe('Zürich, 東京, مكتب');
  });

  test('as JSON and YAML is still the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        const [json, yaml] = [safeJson(value), safeYaml(value)];
        expect(`${json}${yaml}`.replaceAll('\n', '')).not.toMatch(UNSEEN);
        expect(JSON.parse(json)).toEqual(value);
        expect(parse(yaml)).toEqual(value);
      }),
    );
  });

  test('is cut to the columns that it has', () => {
    fc.assert(
      fc.property(
        texts.map(safeText),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('end' as const, 'middle' as const),
        (text, columns, at) => {
          const cut = cutText(text, columns, at);
          expect(widthOf(cut)).toBeLessThanOrEqual(columns);
          expect(cut === text).toBe(widthOf(text) <= columns);
        },
      ),
    );
    expect(cutText('reporting-customer-records', 11, 'middle')).toBe('repor…cords');
    expect(cutText('東京都庁', 5)).toBe('東京…');
  });
});

describe('a cell of CSV', () => {
  test.each([
    ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@sum', "'@sum"],
    ['  =1', "'  =1"],
    ['＝1', "'＝1"],
    ['a=b', 'a=b'],
    ['a,b', '"a,b"'],
  ])('%s is no formula: %s', (text, cell) => expect(csvCell(text)).toBe(cell));

  test('numbers and nothing are as they are', () => expect([csvCell(-1), csvCell(null), csvCell(true)]).toEqual(['-1', '', 'true']));
});
