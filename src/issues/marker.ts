import { Type, type Static } from 'typebox';
import type { FindingKey } from '../findings/finding.ts';
import { isPassedOn, type GroupKey } from './group-key.ts';
import { shortHash } from './short-hash.ts';

/** The label on every issue of ours, of every installation. */
export const COMMON_LABEL = 'findings-to-jira';

/** Key of the entity property that tells an issue of ours from a copy: a clone copies the labels, but not the property. */
export const PROPERTY_KEY = 'findings-to-jira';

/** The value of the entity property. */
export const MarkerProperty = Type.Object({
  installation: Type.String(),
  group: Type.String(),
  /** Finding keys; or, if they are many, the short forms of the first thousand, because a property holds 32,768 characters. */
  findings: Type.Array(Type.String()),
  /** The create attempt that made it, from 1. */
  attempt: Type.Integer({ minimum: 1 }),
  /** An admin has linked it: another account may have created it. */
  linked: Type.Optional(Type.Literal(true)),
  /** It came to another finding of the same access when the analyzer of its first one was gone. */
  passedOn: Type.Optional(Type.Literal(true)),
  /** Digests of the values that we last wrote, by field; null: a person has changed the field. */
  written: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]))),
});

export type MarkerProperty = Static<typeof MarkerProperty>;

/** Searches find the issue by its label and identify it by its property. */
export interface Marker {
  readonly label: string;
  readonly property: MarkerProperty;
}

/** Maximum findings, and characters of JSON, for keys written out in full. */
const MANY = 20;
const MAX_WHOLE = 16_000;

/** Maximum short forms, of 30 characters each with quotes and comma. */
export const MAX_SHORT_FORMS = 1_000;

/** @see MarkerProperty */
export function markerOf(installation: string, group: GroupKey, findings: readonly FindingKey[], attempt: number): Marker {
  const isShort = findings.length <= MANY && JSON.stringify(findings).length <= MAX_WHOLE;
  const members = isShort ? [...findings] : findings.slice(0, MAX_SHORT_FORMS).map((key) => memberShortForm(key));
  const passedOn = isPassedOn(group, findings) ? { passedOn: true as const } : {};
  return { label: markerLabel(installation, group), property: { installation, group, findings: members, attempt, ...passedOn } };
}

/** `f2j-` and 26 base32 characters: searchable in Jira without set-up, and the same after a loss of our store. */
export function markerLabel(installation: string, group: GroupKey): string {
  return `${GROUP_LABEL}${shortHash(installation, group)}`;
}

const GROUP_LABEL = 'f2j-';

/** Whether a label is that of a group, of whichever installation. */
export function isGroupLabel(label: string): boolean {
  return label.startsWith(GROUP_LABEL);
}

/** The property of an issue that an admin took away from its group. It is no `MarkerProperty`, so the issue never counts as ours again. */
export const Tombstone = Type.Object({
  installation: Type.String(),
  /** The former group. */
  unlinked: Type.String(),
});

export type Tombstone = Static<typeof Tombstone>;

/** @see Tombstone */
export function tombstoneOf(installation: string, group: GroupKey): Tombstone {
  return { installation, unlinked: group };
}

/** The short form of a finding key: `#` and a short hash. A short form stays as it is. */
export function memberShortForm(member: string): string {
  return member.startsWith('#') ? member : `#${shortHash('member', member)}`;
}
