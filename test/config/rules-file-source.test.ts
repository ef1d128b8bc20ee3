import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRulesFileSource } from '../../src/config/rules-file-source.ts';
import { testFolder } from '../support/service/service-process.ts';

test('a content is given once, when two reads in a row have found it', async () => {
  const path = join(testFolder(), 'rules.yaml');
  writeFileSync(path, 'version: 1');
  const source = createRulesFileSource(path);
  expect(await source.read()).toBeNull();
  expect(await source.read()).toEqual({ ok: true, input: { version: 1 } });
  expect(await source.read()).toBeNull();
  writeFileSync(path, 'version: 1\nrules: [');
  expect(await source.read()).toBeNull();
  writeFileSync(path, 'version: 1\nrules: []');
  expect(await source.read()).toBeNull();
  expect(await source.read()).toEqual({ ok: true, input: { version: 1, rules: [] } });
});

test('a link that replaces another is followed, and a broken or missing file is reported', async () => {
  const folder = testFolder();
  const path = join(folder, 'rules.yaml');
  for (const name of ['a', 'b']) writeFileSync(join(folder, name), `version: ${name}`);
  symlinkSync('a', path);
  const source = createRulesFileSource(path);
  const stable = async () => {
    await source.read();
    return source.read();
  };
  expect(await stable()).toEqual({ ok: true, input: { version: 'a' } });
  symlinkSync('b', join(folder, 'new'));
  renameSync(join(folder, 'new'), path);
  expect(await stable()).toEqual({ ok: true, input: { version: 'b' } });
  writeFileSync(path, 'rules: [');
  expect(await stable()).toMatchObject({ ok: false, problems: [expect.stringContaining(`${path}: line 1`)] });
  rmSync(path);
  expect(await stable()).toEqual({ ok: false, problems: [`${path}: expected a file that can be read (ENOENT)`] });
});
