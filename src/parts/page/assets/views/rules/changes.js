import { plural } from '../../format.js';

const PARTS = /** @type {Readonly<Record<string, string>>} */ ({
  accounts: 'the account map',
  organizationalUnits: 'the map of organizational units',
  limits: 'the limits',
  rescan: 'rescans',
  tests: 'the tests',
});
const NAMED = 3;

/** What differs between two rule sets, such as "1 rule changed (public), the tests changed". @param {any} changes null: not known */
export function changesText(changes) {
  if (changes === null) return 'differences unknown';
  const rules = ['added', 'removed', 'changed', 'moved'].flatMap((how) => {
    const { count, ids } = changes[how];
    if (count === 0) return [];
    const more = count > NAMED ? ', …' : '';
    return [`${plural(count, 'rule')} ${how} (${ids.slice(0, NAMED).join(', ')}${more})`];
  });
  const besides = changes.besides.map((/** @type {string} */ part) => `${PARTS[part] ?? part} changed`);
  const all = [...rules, ...besides];
  return all.length === 0 ? 'nothing differs' : all.join(', ');
}
