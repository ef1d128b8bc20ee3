import { expect, test } from 'vitest';
import { rowsUnder, tablesUnder, textOf } from '../support/docs/read-docs.ts';

const SECURITY = textOf('SECURITY.md');

test.each([
  'A name in AWS',
  'A comment, a property or a label in Jira',
  'A message in SQS',
  'The name of a session',
  'A viewer’s token',
  'A neighbour on the Docker host',
  'Secrets',
  'Packages and image',
])('SECURITY.md: %s', (attacker) => {
  const rows = rowsUnder(SECURITY.replaceAll("'", '’'), attacker);
  expect(rows.length).toBeGreaterThan(1);
  for (const [attempt = '', outcome = '', proof = ''] of rows) {
    const named = [...proof.matchAll(/\[[\w-]+\]\((test\/[\w./-]+)\) "([^"]+)"/g)];
    // Between the tests stands nothing else, so that none is overlooked because it is written in another form.
    const rest = named.reduce((text, [whole]) => text.replace(whole, ''), proof).replaceAll(/, /g, '');
    expect([attempt, outcome !== '', named.length > 0, rest]).toEqual([attempt, true, true, '']);
    for (const [, file = '', title = ''] of named) expect(titlesIn(file)).toContain(title);
  }
});

test('no table of SECURITY.md stands outside of these headings', () => {
  expect(tablesUnder(SECURITY, 'Security')).toHaveLength(8);
});

/** The titles of its tests and of their groups, without the quotes. */
function titlesIn(file: string): readonly string[] {
  return [...textOf(file).matchAll(/(?:\b(?:test|describe)|\))\(\s*'((?:[^'\\]|\\.)*)'/g)].map(([, title = '']) => title);
}
