import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STATES } from '../../src/admin/routes/mapping.ts';
import type { GroupRecord } from '../../src/issues/group-record.ts';
import { MAPPING_STATES } from '../../src/issues/mapping-state.ts';
import { codesIn, filesUnder, ROOT, rowsUnder, sectionUnder, sorted, STEPS, textOf } from '../support/docs/read-docs.ts';

const ARCHITECTURE = textOf('docs/architecture.md');
const REFERENCE = textOf('docs/operations/reference.md');

// `satisfies` makes the compiler compare this list with the type, both ways.
const RECORD_FIELDS = Object.keys({
  group: 0,
  members: 0,
  generation: 0,
  observedGeneration: 0,
  attempts: 0,
  requeueAt: 0,
  failure: 0,
  intent: 0,
  transition: 0,
  issue: 0,
  deletedIssue: 0,
  last: 0,
  unlinked: 0,
  released: 0,
  admission: 0,
  leaving: 0,
  takenAway: 0,
  unknown: 0,
  gone: 0,
  firstSeenAt: 0,
  updatedAt: 0,
  derived: 0,
} satisfies Record<keyof GroupRecord, 0>);

describe('docs/architecture.md', () => {
  test('can be read on the first day', () => {
    expect(ARCHITECTURE.split('\n').length).toBeLessThan(160);
  });

  test('has every folder of src as a layer, and no other', () => {
    const folders = new Set(filesUnder('src').map((file) => dirname(file).replace(/^src\/?/, '')));
    folders.delete('');
    const parents = [...folders].map((folder) => dirname(folder)).filter((folder) => folder !== '.');
    const listed = rowsUnder(ARCHITECTURE, 'The layers').flatMap(([folder]) => codesIn(folder));
    expect(sorted(listed)).toEqual(sorted([...new Set([...folders, ...parents])]));
  });

  test('names every step that a pass may do', () => {
    const loop = codesIn(sectionUnder(ARCHITECTURE, 'The loop'));
    expect(STEPS.filter((step) => !loop.includes(step))).toEqual([]);
  });

  test("has every field of the group's record, and no other", () => {
    const listed = rowsUnder(ARCHITECTURE, "The group's record").flatMap(([field]) => codesIn(field));
    expect(sorted(listed)).toEqual(sorted(RECORD_FIELDS));
  });

  test('says of every mapping state what it means, and of no other', () => {
    const rows = rowsUnder(REFERENCE, 'Mapping states');
    expect(sorted(rows.flatMap(([state]) => codesIn(state)))).toEqual(sorted(MAPPING_STATES));
    expect(rows.filter(([, meaning = '']) => meaning.length < 5)).toEqual([]);
  });

  test('names the states of the API that are not in use', () => {
    const unused = STATES.filter((state) => !MAPPING_STATES.some((used) => used === state));
    expect(codesIn(/^The API also names .*$/m.exec(REFERENCE)?.[0])).toEqual(unused);
  });

  test('answers where each behaviour is with one or two files that exist', () => {
    const rows = rowsUnder(ARCHITECTURE, 'Where is what');
    expect(rows.length).toBeGreaterThanOrEqual(20);
    for (const [question, answer] of rows) {
      const files = codesIn(answer);
      expect([question, files.length === 1 || files.length === 2]).toEqual([question, true]);
      expect(files.filter((file) => !file.startsWith('src/') || !existsSync(join(ROOT, file)))).toEqual([]);
    }
  });

  test('lists every decision', () => {
    const links = [...ARCHITECTURE.matchAll(/\]\(adr\/(.+?)\)/g)].map(([, file = '']) => `docs/adr/${file}`);
    expect(links).toEqual(sorted(filesUnder('docs/adr')));
    for (const file of links) for (const part of ['Context', 'Decision', 'Consequence']) expect(textOf(file)).toContain(`\n## ${part}\n`);
  });
});
