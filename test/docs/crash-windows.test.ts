import { expect, test } from 'vitest';
import { rowsUnder, textOf } from '../support/docs/read-docs.ts';

test('docs/crash-windows.md names for every crash window a test that exists', () => {
  const rows = rowsUnder(textOf('docs/crash-windows.md'), 'Where a crash leaves what');
  expect(rows.length).toBeGreaterThan(5);
  for (const [, , , proof = ''] of rows) {
    const [, file = '', title = ''] = /\]\(\.\.\/(test\/.+?)\) "(.+)"$/.exec(proof) ?? [];
    expect(textOf(file)).toContain(`'${title}'`);
  }
});
