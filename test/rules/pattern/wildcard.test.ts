import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchWildcard, parseWildcard, type Characters, type Wildcard } from '../../../src/rules/pattern/wildcard.ts';

function wildcardOf(expression: string): Wildcard {
  const parsed = parseWildcard(expression);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** Tries every length for each star, one after the other. */
function slowMatch(expression: string, text: string): boolean {
  if (expression === '') return text === '';
  if (expression.startsWith('*')) {
    return Array.from({ length: text.length + 1 }, (_, taken) => taken).some((taken) => slowMatch(expression.slice(1), text.slice(taken)));
  }
  const escaped = expression.startsWith('\\') ? 1 : 0;
  return text !== '' && expression[escaped] === text[0] && slowMatch(expression.slice(escaped + 1), text.slice(1));
}

const token = fc.constantFrom('a', 'b', 'ab', '*', '\\*', '\\\\');
const expression = fc
  .array(token, { maxLength: 10 })
  .map((tokens) => tokens.filter((each, at) => each !== '*' || tokens[at - 1] !== '*').join(''));

test('agrees with a search that tries everything', () => {
  fc.assert(
    fc.property(expression, fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 12 }), (pattern, text) => {
      expect(matchWildcard(wildcardOf(pattern), text)).toBe(slowMatch(pattern, text));
    }),
    { numRuns: 2000 },
  );
});

test('matches any text in place of its stars', () => {
  const literal = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(literal, fc.array(fc.tuple(fc.string(), literal), { maxLength: 6 }), (first, rest) => {
      const pattern = [first, ...rest.map(([, part]) => part)]
        .map((part) => part.replaceAll('\\', '\\\\').replaceAll('*', '\\*'))
        .join('*');
      const text = first + rest.map(([filling, part]) => filling + part).join('');
      expect(matchWildcard(wildcardOf(pattern), text)).toBe(true);
    }),
  );
});

/** A text that counts how often a character of it is read. */
function counted(text: string): Characters & { reads(): number } {
  let reads = 0;
  return {
    length: text.length,
    charCodeAt(index) {
      reads += 1;
      return text.charCodeAt(index);
    },
    reads: () => reads,
  };
}

test.each([
  ['one long part that nearly fits everywhere', `*${'a'.repeat(60_000)}b*`],
  ['one long part with its difference in front', `*b${'a'.repeat(60_000)}*`],
  ['many short parts', `${'*a'.repeat(30_000)}*c`],
  ['many parts that nearly fit', `${'*ab'.repeat(20_000)}*`],
  ['periods in periods', `*${'aab'.repeat(20_000)}c*`],
])('reads each character of 100,000 a few times at most: %s', (_, pattern) => {
  for (const text of ['a'.repeat(100_000), 'aab'.repeat(33_333), 'ab'.repeat(50_000)]) {
    const characters = counted(text);
    matchWildcard(wildcardOf(pattern), characters);
    expect(characters.reads()).toBeLessThanOrEqual(3 * text.length);
  }
});

test('the search prepares in linear time too: the table of a part never points past itself', () => {
  const [, part] = wildcardOf(`*${'ab'.repeat(1000)}*`);
  expect(part?.fallbacks).toHaveLength(2000);
  expect(part?.fallbacks.every((fallback, index) => fallback <= index)).toBe(true);
});
