import { expect, test } from 'vitest';
import { toLength, toScope, toTime } from '../../src/cli/parse-value.ts';
import { agoWords, lengthWords } from '../../src/cli/time-words.ts';

test.each([
  ['30s', 30_000],
  ['2h', 7_200_000],
  ['1d12h', 129_600_000],
])('%s is a length of time', (text, ms) => expect(toLength(text)).toBe(ms));

test.each(['', '2', 'h', '2 h', '0m', '-1h', '2w', '1h2', '1.5h'])('%o is none', (text) =>
  expect(() => toLength(text)).toThrow(/Expected a length/),
);

test('times need a zone, and scopes their form', () => {
  expect(toTime('2026-03-01T18:00:00+01:00')).toBe('2026-03-01T18:00:00+01:00');
  for (const text of ['tomorrow', '2026-03-01', '2026-03-01T18:00:00', '2026-13-01T18:00:00Z'])
    expect(() => toTime(text)).toThrow(/with its zone/);
  expect(['all', 'rule:a b'.slice(0, 6), 'project:PLAT'].map(toScope)).toEqual(['all', 'rule:a', 'project:PLAT']);
  for (const text of ['', 'plat', 'project:plat', 'rule:']) expect(() => toScope(text)).toThrow(/Expected all/);
});

test.each([
  [1_500, '1 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_199_000, '119 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('%i ms are %s', (ms, words) => expect(lengthWords(ms)).toBe(words));

test('times are told from now', () => {
  expect([agoWords('1970-01-01T00:00:10Z', 20_000), agoWords('1970-01-01T00:00:30Z', 20_000), agoWords(null, 0)]).toEqual([
    '10 s ago',
    'in 10 s',
    'never',
  ]);
});
