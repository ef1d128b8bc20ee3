import { expect, test } from 'vitest';
import { adfSize, cleanText, codeBlock, doc, paragraph, text } from '../../../src/issues/text/adf.ts';
import { fitDescription, type Part } from '../../../src/issues/text/fit-description.ts';
import { adfWords } from '../../support/jira/adf-check.ts';

test.each([
  ['control characters go', 'a\u0000b\u0007c\u009f', 'abc'],
  ['a tab is a space', 'a\tb', 'a b'],
  ['lines stay', 'a\nb', 'a\nb'],
  ['a carriage return goes', 'a\r\nb', 'a\nb'],
  ['half a surrogate pair goes', 'a\ud800b\udc00', 'ab'],
  ['a whole one stays', '🪣', '🪣'],
  ['joined emoji stay', '👩‍👩‍👧', '👩‍👩‍👧'],
  ['other scripts stay', 'مرحبا שלום', 'مرحبا שלום'],
  ['bidirectional controls go', '\u202aa\u202bb\u202cc\u202dd\u202ee\u2066f\u2067g\u2068h\u2069', 'abcdefgh'],
  ['non-characters go', 'a\ufffe\uffff\ufdd0\ufeff\u{1fffe}b', 'ab'],
])('%s', (_, value, clean) => {
  expect(cleanText(value)).toBe(clean);
});

test('a paragraph is one line, a code block keeps its lines, and no text is empty', () => {
  expect(text('a\n\nb\u2028c')).toEqual([{ type: 'text', text: 'a b c' }]);
  expect(codeBlock('a\nb')).toEqual({ type: 'codeBlock', content: [{ type: 'text', text: 'a\nb' }] });
  expect(text('\u0000')).toEqual([]);
  expect(codeBlock('')).toEqual({ type: 'codeBlock', content: [] });
});

test('the size is that of the JSON that is sent', () => {
  expect(adfSize(doc(paragraph(text('"'))))).toBe(JSON.stringify(doc(paragraph(text('"')))).length);
});

const part = (name: string, rank: number | null, length: number, short?: string): Part => ({
  name,
  rank,
  blocks: [paragraph(text(`${name}:${'x'.repeat(length)}`))],
  ...(short === undefined ? {} : { short: [paragraph(text(short))] }),
});

test('a description that fits is left alone', () => {
  expect(adfWords(fitDescription([part('a', 1, 10), part('b', null, 10)], 'Look there.'))).toBe('\na:xxxxxxxxxx\nb:xxxxxxxxxx');
});

test('the least important part is shortened, then left out, before the next; and a note says so', () => {
  const words = (parts: readonly Part[]): string => adfWords(fitDescription(parts, 'Look there.')).replaceAll(/x{5,}/g, '…');
  const long = 16_000;
  expect(words([part('a', 2, long), part('b', 1, long, 'little'), part('c', null, 10)])).toBe(
    '\na:…\nlittle\nc:…\nThis text was too long for Jira. Shortened or left out: b. Look there.',
  );
  expect(words([part('a', 2, long), part('b', 1, long, 'x'.repeat(long)), part('c', 3, 10_000)])).toContain(
    'a:…\nc:…\nThis text was too long for Jira. Shortened or left out: b. Look there.',
  );
  expect(words([part('a', 2, long), part('b', 1, long), part('c', 3, long)])).toBe(
    '\nc:…\nThis text was too long for Jira. Shortened or left out: b, a. Look there.',
  );
});
