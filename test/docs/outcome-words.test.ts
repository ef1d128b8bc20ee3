import { expect, test } from 'vitest';
import { FIXED_WORDS, NEGATIONS, OTHER_WORDS, type WordList } from '../../src/jira/transition/outcome-words.ts';
import { textOf } from '../support/docs/read-docs.ts';

const FILE = 'docs/outcome-words.md';

test('the published words are those of the code, in the same order', () => {
  const text = textOf(FILE);
  const sections = { 'Words for "fixed"': FIXED_WORDS, 'Words for another outcome': OTHER_WORDS, Negations: NEGATIONS };
  const expected = Object.entries(sections).map(([title, lists]) => `## ${title}\n\n${tableOf(lists)}`);
  for (const section of expected) expect(text).toContain(section);
});

function tableOf(lists: readonly WordList[]): string {
  return ['| Language | Words |', '|---|---|', ...lists.map(({ language, words }) => `| ${language} | ${words.join(', ')} |`)].join('\n');
}
