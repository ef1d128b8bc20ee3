import type { JsonObject } from '../findings/json.ts';
import type { IssueDraft } from './issue-draft.ts';
import { memberShortForm, MAX_SHORT_FORMS } from './marker.ts';
import { shortHash } from './short-hash.ts';

/** The fields that an update may write. Whom an issue is given to, its parent and its further fields are people's once it is there. */
export const UPDATED_FIELDS = ['summary', 'description', 'priority', 'dueDate', 'components', 'labels'] as const;
export type UpdatedField = (typeof UPDATED_FIELDS)[number];

/**
 * What we last sent, a digest a field: Jira rewrites what it stores, so that what is read can't be compared. Null: a person has changed the field
 * since, so that it is theirs for good. Absent: not known.
 */
export type Written = { readonly [Field in UpdatedField | 'securityLevel']?: string | null };

/** Of an issue whose fields we never wrote. */
export const NEVER_OURS: Written = Object.fromEntries(UPDATED_FIELDS.map((field) => [field, null]));

/** Characters of a digest: it tells two texts apart, and guards nothing. */
const DIGEST = 12;

function digest(...parts: readonly string[]): string {
  return shortHash(...parts).slice(0, DIGEST);
}

/** What is written when all of a draft is sent. */
export function writtenOf(draft: IssueDraft): Written {
  return Object.fromEntries([...UPDATED_FIELDS, 'securityLevel' as const].map((field) => [field, digestOf(draft, field)]));
}

/** The digest of a field as it would be sent. */
export function digestOf(draft: Partial<IssueDraft>, field: UpdatedField | 'securityLevel'): string {
  switch (field) {
    case 'labels':
    case 'components':
      return digest(...(draft[field] ?? []).toSorted());
    case 'priority':
      // Without a name the severity decides.
      return digest('priority', draft.priority ?? '', (draft.priority ?? null) === null ? (draft.severity ?? '') : '');
    case 'summary':
    case 'description':
    case 'dueDate':
    case 'securityLevel':
      return digest(field, JSON.stringify(draft[field] ?? null));
    default:
      return field satisfies never;
  }
}

/** Fields whose last value was ours and that would be sent otherwise now. */
export function changedFields(draft: IssueDraft, written: Written): readonly UpdatedField[] {
  return UPDATED_FIELDS.filter((field) => written[field] !== null && written[field] !== digestOf(draft, field));
}

/**
 * After an update. What the project does not take counts as written, so that it is not sent again and again.
 * @param fields that were to be written
 * @param theirs those of them that people were seen to have changed
 */
export function writtenAfter(
  written: Written,
  draft: IssueDraft,
  fields: readonly UpdatedField[],
  theirs: readonly UpdatedField[],
): Written {
  return {
    ...written,
    ...Object.fromEntries(fields.map((field) => [field, digestOf(draft, field)])),
    ...Object.fromEntries(theirs.map((field) => [field, null])),
  };
}

/** A digest of the findings that an issue's property names. */
export function membershipDigest(findings: readonly string[]): string {
  return digest(...findings.slice(0, MAX_SHORT_FORMS).map(memberShortForm));
}

/** What a property says was written: what is no digest says nothing. */
export function parseWritten(raw: JsonObject): Written {
  const entries = Object.entries(raw).filter(([, value]) => value === null || typeof value === 'string');
  return Object.fromEntries(entries.filter(([field]) => isWritten(field)));
}

function isWritten(field: string): boolean {
  return field === 'securityLevel' || UPDATED_FIELDS.some((known) => known === field);
}
