import { Type, type Static } from 'typebox';

/** What made a change: the person or program at the keyboard. `unknown`: its name tells none of them. */
export const CHANGED_BY = ['console', 'cli', 'sdk', 'terraform', 'cloudformation', 'service', 'unknown'] as const;

/** The change that led to a finding. Principal, action and time only: no address, no request. */
export const ChangedFact = Type.Object({
  /** The e-mail address of a person, or the name of a user, a role, a service or an account. */
  principal: Type.String(),
  /** The name of the role that was assumed; null: none was. */
  role: Type.Union([Type.String(), Type.Null()]),
  /** The name of the role's session, which its caller chooses; null: there is none. */
  session: Type.Union([Type.String(), Type.Null()]),
  /** True: IAM Identity Center names the person, so that the name can be trusted. */
  person: Type.Boolean(),
  /** The API operation, such as `PutBucketPolicy`. */
  action: Type.String(),
  /** ISO 8601, UTC. */
  at: Type.String(),
  by: Type.Enum(CHANGED_BY),
});
export type ChangedFact = Static<typeof ChangedFact>;

/** The place where an owner's name was found. */
export const OWNER_SOURCES = ['resource-tag', 'account-tag', 'account-map', 'actor', 'security-contact'] as const;

/** Whose a resource is, and what that means for its issue. */
export const OwnerFact = Type.Object({
  values: Type.Object({
    project: Type.Optional(Type.String()),
    team: Type.Optional(Type.String()),
    components: Type.Optional(Type.Array(Type.String())),
    /** E-mail address, or `id:` and an account id. */
    assignee: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
  }),
  source: Type.Enum(OWNER_SOURCES),
  /** The tag, the account or the contact that said so, such as `owner=payments`. */
  from: Type.String(),
});
export type OwnerFact = Static<typeof OwnerFact>;

/**
 * What enrichers know of a finding beside what AWS reports. Facts may fill an issue's text, assignee, components, team and project before its
 * create, and its text later. They never close, reopen or move an issue. Absent: not known, or not yet.
 */
export const Facts = Type.Object({ changed: Type.Optional(ChangedFact), owner: Type.Optional(OwnerFact) });
export type Facts = Static<typeof Facts>;

/** The facts of a finding at one moment. */
export interface KnownFacts {
  readonly facts: Facts;
  /** An enricher is still asking: a create waits for it, within the bound of `awaitDetails`. */
  readonly awaited: boolean;
}

export const NO_FACTS: KnownFacts = { facts: {}, awaited: false };
