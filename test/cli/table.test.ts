import fc from 'fast-check';
import { expect, test } from 'vitest';
import { widthOf } from '../../src/cli/safe-text.ts';
import { renderTable, type Column } from '../../src/cli/table.ts';

type Row = readonly [string, string, string];

const COLUMNS: readonly Column<Row>[] = [
  { name: 'a', title: 'A', of: ([a]) => a.slice(0, 8) },
  { name: 'b', title: 'B', of: ([, b]) => b, cut: 'middle', room: 20 },
  { name: 'c', title: 'C', of: ([, , c]) => c, cut: 'end', drop: 1 },
  { name: 'd', title: null, of: () => 'only in CSV' },
];

const rows = fc.array(fc.tuple(fc.string(), fc.string({ maxLength: 80 }), fc.string({ maxLength: 80 })), { maxLength: 5 });

test('no line is longer than the terminal, and every row has its line', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 72, max: 200 }), (items, columns) => {
      const lines = renderTable(COLUMNS, items, { write: () => undefined, isTerminal: true, columns, hasColours: false }).split('\n');
      expect(lines).toHaveLength(items.length + 2);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }),
  );
});

test('colours are there only where the stream shows them, and do not count as columns', () => {
  const coloured: readonly Column<Row>[] = [
    { name: 'a', title: 'A', of: ([a]) => a, colour: () => 'red' },
    COLUMNS[1] ?? { name: '', title: null, of: () => '' },
  ];
  const plain = { write: () => undefined, isTerminal: true, columns: 40, hasColours: false };
  const [without, withColours] = [plain, { ...plain, hasColours: true }].map((out) => renderTable(coloured, [['bad', 'x', '']], out));
  expect(without).toBe('A    B\nbad  x\n');
  expect(withColours).toContain('\u001b[31mbad\u001b[39m  x');
});
