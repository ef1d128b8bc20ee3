import { expect, test } from 'vitest';
import { MAPPING_STATES } from '../../src/issues/mapping-state.ts';
import { codesIn, COLLECTIONS, filesUnder, rowsUnder, STEPS, textOf } from '../support/docs/read-docs.ts';

const GLOSSARY = textOf('docs/glossary.md');

/** Words of the service that a newcomer can't know. */
const TERMS = [
  'accept',
  'adaptive rate limiter',
  'admin action',
  'adopt',
  'chunked work',
  'cooldown',
  'diagnose',
  'duplicate',
  'emit',
  'generation',
  'group',
  'intent',
  'lastApplied',
  'lookup',
  'mapping',
  'marker',
  'match',
  'membership',
  'pass',
  'path',
  'pendingWork',
  'permit',
  'reconcile',
  'rehome',
  'requeue',
  'retry-after window',
  'service event',
  'step',
  'sweep',
  'transition',
  'traversal',
  'yielder',
];

const rows = rowsUnder(GLOSSARY, 'Glossary');

test('docs/glossary.md has every term once, with a sentence and a name in the code', () => {
  const terms = rows.flatMap(([term = '']) => term.split(', '));
  expect(TERMS.filter((term) => !terms.includes(term))).toEqual([]);
  expect(terms.filter((term, at) => terms.indexOf(term) !== at)).toEqual([]);
  expect(rows.filter(([, meaning = '', name]) => meaning.length < 10 || codesIn(name).length === 0)).toEqual([]);
});

test('docs/glossary.md fits on a screen', () => {
  expect(GLOSSARY.split('\n').length).toBeLessThan(60);
});

test('docs/glossary.md names only types, functions and fields that are in src', () => {
  const words = new Set(filesUnder('src').flatMap((file) => textOf(file).match(/\w+/g) ?? []));
  const named = rows.flatMap(([, meaning, name]) => [...codesIn(meaning), ...codesIn(name)]);
  expect(named.length).toBeGreaterThan(TERMS.length);
  expect(named.filter((name) => !words.has(name))).toEqual([]);
});

test('every step, mapping state and collection is named in the glossary, in the architecture or among the mapping states', () => {
  const named = new Set([
    ...codesIn(GLOSSARY),
    ...codesIn(textOf('docs/architecture.md')),
    ...rowsUnder(textOf('docs/operations/reference.md'), 'Mapping states').flatMap(([state]) => codesIn(state)),
  ]);
  expect([...STEPS, ...MAPPING_STATES, ...COLLECTIONS].filter((name) => !named.has(name))).toEqual([]);
});
