import { expect, test } from 'vitest';
import { ownWords } from '../../../src/jira/http/own-words.ts';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

test.each<readonly [string, unknown, string]>([
  [
    'of Jira',
    { errorMessages: ["Field 'priority' is required"], errors: { summary: 'is too long' } },
    "Field 'priority' is required summary: is too long",
  ],
  ['of the gateway', { code: 401, message: 'Unauthorized; scope does not match' }, 'Unauthorized; scope does not match'],
  ['of a site that is closed', { message: 'Site is suspended', 'status-code': 403 }, 'Site is suspended'],
  ['one message', { errorMessage: 'Site is suspended', i18nErrorMessage: { parameters: [] } }, 'Site is suspended'],
  ['a list', { errors: ['Project is archived', 'and gone'] }, 'Project is archived and gone'],
  ['a list of objects', { errors: [{ code: 'X', message: 'Project is archived' }] }, 'Project is archived'],
  ['objects for texts', { errorMessages: [{ message: 'no' }], errors: { summary: { message: 'is too long' } } }, 'no summary: is too long'],
])('are read in the form %s', (_, json, words) => {
  expect(ownWords(json)).toBe(words);
});

test.each<readonly [string, unknown]>([
  ['nothing', undefined],
  ['a text', 'Client must be authenticated'],
  ['a list', ['x']],
  ['an object without any', { secret: 'x', body: { message: 'x' } }],
  ['texts in the place of lists', { errorMessages: 'x', errors: 'y' }],
  ['no text in the place of one', { errorMessage: ['x'], message: { text: 'x' } }],
  ['empty ones', { errorMessages: [], errorMessage: '', message: '', errors: {} }],
])('are not made of %s', (_, json) => {
  expect(ownWords(json)).toBeNull();
});

test('are cut', () => {
  const long = 'x'.repeat(5_000);
  for (const json of [{ errorMessages: [long] }, { errorMessage: long }, { message: long }, { errors: [long] }, { errors: { a: long } }])
    expect(ownWords(json)).toHaveLength(1_000);
});

test('are read without trust', () => {
  expect(ownWords(JSON.parse('{"errorMessages":[{"toString":1},null,3],"errors":{"__proto__":{"valueOf":0,"toString":0}}}'))).toBe(
    '{"toString":1} null 3 __proto__: {"valueOf":0,"toString":0}',
  );
});

test('hold nothing that is too large or too deep to be a word', () => {
  expect(ownWords({ errorMessages: [nested(100_000)], errors: { x: { y: nested(100_000) } } })).toBe('… x: …');
  expect(ownWords({ errors: [nested(100_000), { y: 'x'.repeat(2_000) }, 'no'] })).toBe('… … no');
});
