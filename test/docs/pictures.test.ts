import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { HASH_FILE, hashOfShown } from '../../scripts/picture-sources.ts';
import { DOCUMENTS, filesUnder, ROOT, textOf } from '../support/docs/read-docs.ts';

const shown = DOCUMENTS.flatMap((file) =>
  [...textOf(file).matchAll(/!\[[^\]]+\]\(([^)]+\.png)\)/g)].map(([, path = '']) => join(dirname(file), path)),
);

test('the pictures show the page and the board as they are: after a change, npm run pictures takes them again', () => {
  expect(readFileSync(join(ROOT, HASH_FILE), 'utf8').trim()).toBe(hashOfShown(ROOT));
});

test('every picture that a document shows is there, and every view has four of them', () => {
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  const views = Map.groupBy(
    filesUnder('docs/pictures').filter((file) => file.endsWith('.png')),
    (file) => file.replace(/-(?:wide|narrow)-(?:light|dark)\.png$/, ''),
  );
  expect(views.size).toBeGreaterThan(2);
  expect([...views].filter(([, files]) => files.length !== 4)).toEqual([]);
});
