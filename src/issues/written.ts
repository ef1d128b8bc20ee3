import type { JsonObject } from '../findings/json.ts';
import type { IssueDraft } from './issue-draft.ts';
import { memberShortForm, MAX_SHORT_FORMS } from './marker.ts';
import { shortHash } from './short-hash.ts';

/** The fields that an update may write. Assignee, parent and further fields belong to people once the issue exists. */
export const UPDATED_FIELDS = ['summary', 'description', 'priority', 'dueDate', 'components', 'labels'] as const;
export type UpdatedField = (typeof UPDATED_FIELDS)[number];

/**
 * Digests of the values that we last sent, by field: Jira rewrites values that it stores, so a value that is read back can't be compared.
 * Null: a person has changed the field since, so it is theirs for good. Absent: unknown.
 */
export type Written = { readonly [Field in UpdatedField | 'securityLevel']?: string | null };

/** For an issue whose fields we never wrote. */
export const NEVER_OURS: Written = Object.fromEntries(UPDATED_FIELDS.map((field) => [field, null]));

/** Characters of a digest: it tells two texts apart, and is no security measure. */
const DIGEST = 12;

function digest(...parts: readonly string[]): string {
  return shortHash(...parts).slice(0, DIGEST);
}

/** The digests after a whole draft was sent. */
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

/** The fields that no person has changed and whose values differ from the last ones sent. */
export function changedFields(draft: IssueDraft, written: Written): readonly UpdatedField[] {
  return UPDATED_FIELDS.filter((field) => written[field] !== null && written[field] !== digestOf(draft, field));
}

/**
 * The digests after an update. Values that the project does not take count as written, so they are not sent again and again.
 * @param fields the fields of the update
 * @param theirs those of them that people had changed
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

/** Reads the digests in a property and drops everything else. */
export function parseWritten(raw: JsonObject): Written {
  const entries = Object.entries(raw).filter(([, value]) => value === null || typeof value === 'string');
  return Object.fromEntries(entries.filter(([field]) => isWritten(field)));
}

function isWritten(field: string): boolean {
  return field === 'securityLevel' || UPDATED_FIELDS.some((known) => known === field);
}
