import { Type, type Static } from 'typebox';
import type { FindingKey } from '../findings/finding.ts';
import type { GroupKey } from './group-key.ts';
import { shortHash } from './short-hash.ts';

/** On every issue of ours, of every installation. */
export const COMMON_LABEL = 'findings-to-jira';

/** Key of the entity property that tells an issue of ours from a copy: a clone takes the labels along, not the property. */
export const PROPERTY_KEY = 'findings-to-jira';

/** What the entity property says. */
export const MarkerProperty = Type.Object({
  installation: Type.String(),
  group: Type.String(),
  /** Finding keys; `#` and a short hash of each when there are many, and the first thousand of those, because a property holds 32,768 characters. */
  findings: Type.Array(Type.String()),
  /** Which attempt at creating made it, from 1. */
  attempt: Type.Integer({ minimum: 1 }),
  /** An admin has linked it: another account may have created it. */
  linked: Type.Optional(Type.Literal(true)),
  /** Digests of what we last wrote, by field; null: a person's now. */
  written: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
});

export type MarkerProperty = Static<typeof MarkerProperty>;

/** How an issue is found again: by its label, and known by its property. */
export interface Marker {
  readonly label: string;
  readonly property: MarkerProperty;
}

/** Findings whose keys are written out in full, and the characters that they may take. */
const MANY = 20;
const MAX_WHOLE = 16_000;

/** Short forms of 30 characters each, quotes and comma included. */
export const MAX_SHORT_FORMS = 1_000;

/** @see MarkerProperty */
export function markerOf(installation: string, group: GroupKey, findings: readonly FindingKey[], attempt: number): Marker {
  const isShort = findings.length <= MANY && JSON.stringify(findings).length <= MAX_WHOLE;
  const members = isShort ? [...findings] : findings.slice(0, MAX_SHORT_FORMS).map((key) => memberShortForm(key));
  return { label: markerLabel(installation, group), property: { installation, group, findings: members, attempt } };
}

/** `f2j-` and 26 base32 characters: searchable in Jira with no set-up, and the same after our store is lost. */
export function markerLabel(installation: string, group: GroupKey): string {
  return `f2j-${shortHash(installation, group)}`;
}

/** What the property of an issue becomes that was taken away from its group: it is no `MarkerProperty`, so that the issue is never taken for ours again. */
export const Tombstone = Type.Object({
  installation: Type.String(),
  /** The group that it was taken away from. */
  unlinked: Type.String(),
});

export type Tombstone = Static<typeof Tombstone>;

/** @see Tombstone */
export function tombstoneOf(installation: string, group: GroupKey): Tombstone {
  return { installation, unlinked: group };
}

/** The short form of a finding key; what is short already stays. */
export function memberShortForm(member: string): string {
  return member.startsWith('#') ? member : `#${shortHash('member', member)}`;
}
