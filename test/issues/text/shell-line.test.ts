import * as fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellLine, shellWord } from '../../../src/issues/text/shell-line.ts';

test.each([
  ['billing-export', 'billing-export'],
  ['arn:aws:iam::111122223333:role/a/b@c.d_e+f=g', 'arn:aws:iam::111122223333:role/a/b@c.d_e+f=g'],
  ["it's", "'it'\\''s'"],
  ['a b', "'a b'"],
  ['$(id)', "'$(id)'"],
  ['~root', "'~root'"],
  ['=ls', "'=ls'"],
  ['مرحبا', "'مرحبا'"],
  ['🪣', "'🪣'"],
])('%s becomes %s in a command', (value, word) => {
  expect(shellWord(value)).toBe(word);
});

test.each([
  ['nothing', ''],
  ['an option', '--endpoint-url'],
  ['a file that the AWS CLI would read', 'file:///etc/passwd'],
  ['a binary file', 'fileb://x'],
  ['a page that the AWS CLI once fetched', 'https://example.com'],
  ['a second line', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['a control character', 'a\u0007b'],
  ['a bidirectional control', 'a\u202eb'],
  ['a space without width', 'a\u200bb'],
  ['half a surrogate pair', 'a\ud800'],
  ['a line separator', 'a\u2028b'],
  ['more than any name has', 'x'.repeat(513)],
])('%s is not put in a command', (_, value) => {
  expect(shellWord(value)).toBeNull();
});

test('a command is complete or null, and braces without the name of a value stay', () => {
  expect(shellLine("do {a} --b='{ObjectOwnership=x}' {a}", { a: 'x y' })).toBe("do 'x y' --b='{ObjectOwnership=x}' 'x y'");
  expect(shellLine('do {a} {b}', { a: 'x' })).toBeNull();
  expect(shellLine('do {toString}', {})).toBeNull();
  expect(shellLine('do {a}', { a: '{a}' })).toBe("do '{a}'");
});

/** The words that a real shell reads from the lines; it ends them with NUL, which no word can hold. */
function wordsInShell(lines: readonly string[]): string[][] {
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\0'`).join('\n');
  const [...all] = execFileSync('sh', [], { input: script, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\0');
  const words: string[][] = [[]];
  for (const word of all.slice(0, -1)) {
    if (word === '') words.push([]);
    else words.at(-1)?.push(word);
  }
  return words.slice(0, -1);
}

const NASTY = [
  "'",
  "''",
  '"',
  '\\',
  '`id`',
  '$(id)',
  '$HOME',
  ';',
  '&&',
  '|',
  '>',
  '!',
  '*',
  '~',
  '#',
  ' ',
  '%s',
  '{a,b}',
  'é',
  '🪣',
  '-',
  '=',
  'x',
];
const word = fc.array(fc.constantFrom(...NASTY), { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));

test('a real shell reads the command as the words that it was made of', () => {
  const samples = fc.sample(fc.array(word, { minLength: 1, maxLength: 4 }), { numRuns: 300, seed: 7 });
  const usable = samples.map((words) => words.filter((one) => shellWord(one) !== null)).filter((words) => words.length > 0);
  expect(usable.length).toBeGreaterThan(250);
  const lines = usable.map((words) =>
    shellLine(words.map((_, at) => `{w${at}}`).join(' '), Object.fromEntries(words.map((one, at) => [`w${at}`, one]))),
  );
  expect(wordsInShell(lines.map((line) => line ?? ''))).toEqual(usable);
});
