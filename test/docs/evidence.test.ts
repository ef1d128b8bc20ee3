import { expect, test } from 'vitest';
import { EVIDENCE_COLUMNS } from '../../src/admin/export/evidence-csv.ts';
import { EvidenceLine } from '../../src/admin/export/evidence-line.ts';
import { codesIn, rowsUnder, sorted, textOf } from '../support/docs/read-docs.ts';

const DOCUMENT = textOf('docs/evidence.md');

test('docs/evidence.md has every column, in their order, and no other', () => {
  expect(rowsUnder(DOCUMENT, 'Columns').flatMap(([column]) => codesIn(column))).toEqual(EVIDENCE_COLUMNS);
});

test('CSV has every field of NDJSON', () => {
  const [known] = EvidenceLine.anyOf;
  const tops = EVIDENCE_COLUMNS.map((column) => column.split('.')[0] ?? '');
  expect(sorted([...new Set(tops)])).toEqual(sorted(Object.keys(known.properties)));
});

test('it explains every state of a record, and every act', () => {
  const [known] = EvidenceLine.anyOf;
  const { record, acts } = known.properties;
  const words = rowsUnder(DOCUMENT, 'Columns').flatMap((row) => row.slice(1).flatMap(codesIn));
  expect(words).toEqual(expect.arrayContaining([...record.enum, 'unreadable', ...acts.items.properties.action.enum]));
});
