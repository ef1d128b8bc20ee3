import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namedSo, withIds, type Nameable } from '../../../src/jira/project/match-name.ts';

const TASK: Nameable = { id: '10004', label: 'Aufgabe', untranslatedName: 'Task' };
const BUG: Nameable = { id: '10005', label: 'Fehler', untranslatedName: 'Bug' };
const OWN: Nameable = { id: '10006', label: 'Befund' };
const ALL = [TASK, BUG, OWN];

test.each<readonly [string, string, readonly Nameable[], readonly Nameable[]]>([
  ['the shown name', 'Aufgabe', ALL, [TASK]],
  ['in another case and with spaces', ' aufGABE ', ALL, [TASK]],
  ['the untranslated name', 'Task', ALL, [TASK]],
  ['the untranslated name in another case', 'tASK', ALL, [TASK]],
  ['the id', '10004', ALL, [TASK]],
  ['a name of an admin, which has no other', 'Befund', ALL, [OWN]],
  ['none', 'Story', ALL, []],
  ['an empty name', '', ALL, []],
  ['a shown name before the untranslated one of another', 'Task', [TASK, { id: '1', label: 'Task' }], [{ id: '1', label: 'Task' }]],
  ['a shown name in another case before it, too', 'TASK', [TASK, { id: '1', label: 'Task' }], [{ id: '1', label: 'Task' }]],
  ['a name before the id of another', '10004', [TASK, { id: '1', label: '10004' }], [{ id: '1', label: '10004' }]],
  [
    'several shown so',
    'Task',
    [{ id: '1', label: 'Task' }, { id: '2', label: 'Task' }, TASK],
    [
      { id: '1', label: 'Task' },
      { id: '2', label: 'Task' },
    ],
  ],
  ['several with that untranslated name', 'Task', [TASK, { ...TASK, id: '7' }], [TASK, { ...TASK, id: '7' }]],
  ['an accent that is written in two ways', 'Pru\u0308fung', [{ id: '1', label: 'Prüfung' }], [{ id: '1', label: 'Prüfung' }]],
])('%s', (_, given, all, found) => {
  expect(namedSo(all, given)).toEqual(found);
});

test('things of one name are told apart', () => {
  expect(withIds([TASK, { id: '1', label: 'Task', untranslatedName: 'Task' }, { id: null, label: 'Task' }])).toBe(
    '"Aufgabe" (10004, untranslated "Task"), "Task" (1), "Task" (no id)',
  );
});

test('a thing is found by each of its names, and another only by the same name', () => {
  const word = fc.stringMatching(/^[a-zA-Z]{1,3}$/);
  const things = fc.uniqueArray(fc.record({ label: word, untranslatedName: word }), {
    maxLength: 5,
    selector: ({ label }) => label.toLowerCase(),
  });
  fc.assert(
    fc.property(things, (some) => {
      const all = some.map((one, index) => ({ ...one, id: String(index) }));
      for (const one of all) {
        expect(namedSo(all, one.label)).toEqual([one]);
        const meant = one.untranslatedName.toLowerCase();
        const names = ({ label, untranslatedName }: (typeof all)[number]): string[] => [
          label.toLowerCase(),
          untranslatedName.toLowerCase(),
        ];
        for (const found of namedSo(all, one.untranslatedName)) expect(names(found)).toContain(meant);
      }
    }),
  );
});
