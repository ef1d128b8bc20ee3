import type { IssueStatus } from '../../issues/own-issue.ts';
import type { WireStatus } from '../http/wire.ts';

const CATEGORIES: readonly IssueStatus['category'][] = ['new', 'indeterminate', 'done'];

/** A status as we store it; no category, or one that Jira adds later, is `undefined`, which is never taken for done. */
export function issueStatus({ name, statusCategory }: WireStatus): IssueStatus {
  return { name, category: CATEGORIES.find((category) => category === statusCategory?.key) ?? 'undefined' };
}

/** Something with a name, as Jira shows it to the account, and the other names by which rules may know it. */
export interface Named {
  readonly name: string;
  readonly id?: string;
  /** The name before its translation into the account's language; absent: Jira tells none. */
  readonly untranslatedName?: string;
}

/** A status with its other names. */
export type NamedStatus = IssueStatus & Named;

export function namedStatus(wire: WireStatus): NamedStatus {
  return { ...issueStatus(wire), ...named(wire) };
}

/** The names of a thing; an id or untranslated name that is no text counts as absent. */
export function named(wire: { readonly name: string; readonly id?: unknown; readonly untranslatedName?: unknown }): Named {
  const { name, id, untranslatedName } = wire;
  return {
    name,
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof untranslatedName === 'string' ? { untranslatedName } : {}),
  };
}

/** All names of a thing, the untranslated one first, so that words of its makers count before those of the account's language. */
export function namesOf({ name, untranslatedName }: Named): readonly string[] {
  return untranslatedName === undefined || untranslatedName === name ? [name] : [untranslatedName, name];
}

/** Whether a rule means this thing: by its id, or by one of its names in any case. */
export function answersTo(thing: Named, given: string): boolean {
  return thing.id === given || namesOf(thing).some((name) => name.toLowerCase() === given.trim().toLowerCase());
}

/** The status as it is stored. */
export function plainStatus({ name, category }: NamedStatus): IssueStatus {
  return { name, category };
}
