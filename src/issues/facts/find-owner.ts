import { Type, type Static } from 'typebox';
import { ownerOf, unitsOf, type AccountMaps, type Owner } from '../../rules/account-map.ts';
import type { KnownAccounts } from '../../rules/known-accounts.ts';
import type { OwnerRules } from '../../rules/owner-rules.ts';
import { isPerson } from '../../rules/rule-words.ts';
import { isTemplate } from '../../rules/template.ts';

/** The places where an owner is looked for, in their order: the first one that names an owner counts. */
export const OWNER_SOURCES = ['resource-tag', 'account-tag', 'account-map', 'actor', 'security-contact'] as const;
export type OwnerSource = (typeof OWNER_SOURCES)[number];

const Tags = Type.Record(Type.String(), Type.String());

/** What AWS says of whose a resource is, as found; the rules say what it means. */
export const OwnerClues = Type.Object({
  /** Tags of the resource, of those that the rules name. */
  resourceTags: Tags,
  /** Tags of its account, of those that the rules name. */
  accountTags: Tags,
  /** The security contact of its account; null: none is known. */
  contact: Type.Union([Type.Object({ name: Type.String(), email: Type.String() }), Type.Null()]),
});
export type OwnerClues = Static<typeof OwnerClues>;

/** Whose a resource is, where that was found, and what it means for the issue. */
export interface FoundOwner {
  /** For people. */
  readonly name: string;
  readonly source: OwnerSource;
  /** What names the owner, such as `team=payments`. */
  readonly from: string;
  /** They go before the rule's own settings. */
  readonly settings: Owner;
}

/** All that may name an owner. */
export interface OwnerQuestion {
  readonly accountId: string;
  /** Null: AWS was not asked, or gave no answer yet. */
  readonly clues: OwnerClues | null;
  /** The person who made the change, as IAM Identity Center names them; null: not known. */
  readonly changedBy: string | null;
}

/** The parts of a rule set that say who owns what. */
export interface OwnerMaps extends AccountMaps {
  readonly owner?: OwnerRules;
}

/** The owner by the first source that names one; null: none does. Pure. */
export function findOwner(question: OwnerQuestion, maps: OwnerMaps, known: KnownAccounts): FoundOwner | null {
  const { clues, changedBy, accountId } = question;
  const { owner = NO_RULES } = maps;
  return (
    byTags(clues?.resourceTags ?? {}, owner, 'resource-tag') ??
    byTags(clues?.accountTags ?? {}, owner, 'account-tag') ??
    byMap(accountId, maps, known) ??
    (changedBy === null ? null : byPerson(changedBy, owner, 'actor', [changedBy])) ??
    byContact(clues?.contact ?? null, owner)
  );
}

const NO_RULES: OwnerRules = {};

/** The first tag that has a value names the owner; further tags supply settings that its value lacks. */
function byTags(tags: Readonly<Record<string, string>>, rules: OwnerRules, source: OwnerSource): FoundOwner | null {
  const named = (rules.tags ?? []).flatMap((key) => {
    const value = (Object.hasOwn(tags, key) ? tags[key] : undefined)?.trim() ?? '';
    return value === '' ? [] : [{ key, value }];
  });
  const [first] = named;
  if (first === undefined) return null;
  const settings = Object.assign({}, ...named.toReversed().map(({ value }) => settingsOf(value, rules)));
  return { name: nameOf(first.value, rules), source, from: `${first.key}=${first.value}`, settings };
}

/** The name of a person is a setting by itself: it can be assigned. A tag is no place for templates. */
function settingsOf(value: string, rules: OwnerRules): Owner {
  const named = meaningOf(value, rules);
  if (named === undefined) return isPerson(value) && !isTemplate(value) ? { assignee: value } : {};
  const { name: _, ...settings } = named;
  return settings;
}

function nameOf(value: string, rules: OwnerRules): string {
  return meaningOf(value, rules)?.name ?? value;
}

function meaningOf(value: string, { values = {} }: OwnerRules) {
  return Object.hasOwn(values, value) ? values[value] : undefined;
}

/** The account map has names of accounts and units, and not of owners: an owner that it gives is called by what is known of it. */
function byMap(accountId: string, maps: AccountMaps, known: KnownAccounts): FoundOwner | null {
  const settings = ownerOf(accountId, maps, known);
  if (Object.keys(settings).length === 0) return null;
  const { assignee, project, components: [component] = [], team } = settings;
  const [unit] = unitsOf(accountId, maps, known);
  const called = unit === undefined ? undefined : maps.organizationalUnits?.[unit]?.name;
  const name = plain(assignee) ?? called ?? project ?? plain(component) ?? team ?? accountId;
  return { name, source: 'account-map', from: accountId, settings };
}

/** A template names no one by itself. */
function plain(text: string | undefined): string | undefined {
  return text === undefined || isTemplate(text) ? undefined : text;
}

/** @param named what may stand among the values of the rules, the most telling first */
function byPerson(person: string, rules: OwnerRules, source: OwnerSource, named: readonly string[], name = person): FoundOwner {
  const value = named.find((one) => meaningOf(one, rules) !== undefined) ?? person;
  return { name: meaningOf(value, rules)?.name ?? name, source, from: person, settings: settingsOf(value, rules) };
}

function byContact(contact: OwnerClues['contact'], rules: OwnerRules): FoundOwner | null {
  if (contact === null) return null;
  const { name, email } = contact;
  return byPerson(email, rules, 'security-contact', [email, name], name === '' ? email : name);
}
