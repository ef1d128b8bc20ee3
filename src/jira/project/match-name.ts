/** A thing in Jira that a rule names: an issue type, a status, a priority, a resolution, or a choice of a field. */
export interface Nameable {
  readonly id: string | null;
  /** The name as Jira shows it, in the language of the account. */
  readonly label: string;
  /** The name that its admin gave it; absent: Jira does not say. */
  readonly untranslatedName?: string;
}

/**
 * The things that a name means: those that are called exactly so; else those whose names differ in case and outer spaces only; else the same
 * for the names that Jira does not translate; else the one with that id. So a rule keeps its meaning when the account's language changes,
 * and no name is taken for an untranslated one while a thing is really called so. Pure.
 * @returns several: the name alone does not say which
 */
export function namedSo<T extends Nameable>(all: readonly T[], given: string): readonly T[] {
  const meant = folded(given);
  const ways: readonly ((one: T) => boolean)[] = [
    ({ label }) => label === given,
    ({ label }) => folded(label) === meant,
    ({ untranslatedName }) => untranslatedName === given,
    ({ untranslatedName }) => untranslatedName !== undefined && folded(untranslatedName) === meant,
    ({ id }) => id === given.trim(),
  ];
  for (const isMeant of ways) {
    const found = all.filter(isMeant);
    if (found.length > 0) return found;
  }
  return [];
}

/** Things of the same name, told apart by their ids: `"Task" (10001), "Aufgabe" (10004, untranslated "Task")`. */
export function withIds(all: readonly Nameable[]): string {
  return all
    .map(({ id, label, untranslatedName }) => {
      const other = untranslatedName === undefined || untranslatedName === label ? '' : `, untranslated "${untranslatedName}"`;
      return `"${label}" (${id ?? 'no id'}${other})`;
    })
    .join(', ');
}

function folded(name: string): string {
  return name.trim().normalize('NFC').toLowerCase();
}
