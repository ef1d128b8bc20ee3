import type { FindingKey } from '../../findings/finding.ts';
import type { OwnerClues } from '../../issues/facts/find-owner.ts';
import type { RefusalCode } from '../../pipeline/ports/details-source.ts';
import type { Collection } from '../../pipeline/ports/store.ts';

/** Tags by key, as far as the rules name the key. (A type and not an interface, like the others here: they are stored as JSON.) */
export type Tags = OwnerClues['resourceTags'];
export type Contact = NonNullable<OwnerClues['contact']>;

export type OwnerRefusal = { readonly code: RefusalCode; readonly message: string };

/** The tags of one resource. It is removed within a day after its last finding has ended. */
export interface OwnedResource {
  readonly accountId: string;
  /** ARN. */
  readonly resource: string;
  /** Where its tags are asked for. */
  readonly region: string;
  /** Its open findings; further ones learn of its owner with their next pass. */
  readonly keys: readonly FindingKey[];
  /** Those of them that have not been told of the last answer. */
  readonly untold: readonly FindingKey[];
  /** The keys of tags that the last answer is about. */
  readonly asked: readonly string[];
  /** Null: AWS has not answered yet. */
  readonly tags: Tags | null;
  /** Why the last look-up failed; null: it did not. */
  readonly refusal: OwnerRefusal | null;
  /** Failed look-ups since the last answer. */
  readonly attempts: number;
  /** When AWS answered last; store's clock, epoch ms. Null: never. */
  readonly answeredAt: number | null;
  /** A digest of all that was told last, the tags of the account included; null: nothing yet. */
  readonly told: string | null;
  /** When the next look-up is due; during one, when its process counts as dead. Epoch ms. */
  readonly dueAt: number;
  readonly wantedAt: number;
}

/** By account and ARN. */
export const OWNED_RESOURCES: Collection<OwnedResource> = {
  name: 'owned-resources',
  terms: ({ accountId, tags }) => [`accountId:${accountId}`, `tagged:${tags !== null && Object.keys(tags).length > 0}`],
  at: ({ wantedAt }) => wantedAt,
  due: ({ dueAt }) => dueAt,
  fields: {
    accountId: 'string',
    resource: 'string',
    region: 'string',
    keys: 'list',
    untold: 'list',
    asked: 'list',
    tags: 'object or null',
    refusal: 'object or null',
    attempts: 'number',
    answeredAt: 'number or null',
    dueAt: 'number',
    wantedAt: 'number',
  },
};

export function resourceId(accountId: string, resource: string): string {
  return `${accountId} ${resource}`;
}

export function accountOf(id: string): string {
  return id.slice(0, id.indexOf(' '));
}

/** A question about owners, each with rights of its own. */
export const OWNER_QUESTIONS = ['role', 'resource-tags', 'account-tags', 'contact'] as const;
export type OwnerQuestionName = (typeof OWNER_QUESTIONS)[number];

/** The tags and the security contact of an account, and what AWS refuses to say of it. */
export interface OwnerAccount {
  readonly accountId: string;
  readonly asked: readonly string[];
  /** Null: AWS has not answered yet. */
  readonly tags: Tags | null;
  /** Null: it has none, or AWS has not answered yet. */
  readonly contact: Contact | null;
  readonly refusals: { readonly [Q in OwnerQuestionName]?: OwnerRefusal };
  /** When each question was answered or refused last; store's clock, epoch ms. Null: not yet. */
  readonly tagsAt: number | null;
  readonly contactAt: number | null;
  /** Until when no process asks: one of them does, or AWS asked to slow down. Epoch ms. */
  readonly nextAt: number;
  /** When it is forgotten, unless a resource in it is looked up again; epoch ms. */
  readonly forgetAt: number;
  readonly wantedAt: number;
}

/** By account id. */
export const OWNER_ACCOUNTS: Collection<OwnerAccount> = {
  name: 'owner-accounts',
  terms: ({ tags, contact, refusals }) => [
    `named:${contact !== null || (tags !== null && Object.keys(tags).length > 0)}`,
    ...Object.keys(refusals).map((question) => `refused:${question}`),
  ],
  at: ({ wantedAt }) => wantedAt,
  due: ({ forgetAt }) => forgetAt,
  fields: {
    accountId: 'string',
    asked: 'list',
    tags: 'object or null',
    contact: 'object or null',
    refusals: 'object',
    tagsAt: 'number or null',
    contactAt: 'number or null',
    nextAt: 'number',
    forgetAt: 'number',
    wantedAt: 'number',
  },
};
