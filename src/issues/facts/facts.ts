import { Type, type Static } from 'typebox';
import { OwnerClues } from './find-owner.ts';

/** What made a change: the person or program at the keyboard. `unknown`: its name tells none of them. */
const MEANS = ['console', 'cli', 'sdk', 'terraform', 'cloudformation', 'service', 'unknown'] as const;

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
  by: Type.Enum(MEANS),
});
export type ChangedFact = Static<typeof ChangedFact>;

/**
 * What enrichers know of a finding beside what AWS reports. Facts may fill an issue's text, assignee, components, team and project before its
 * create, and its text later. They never close, reopen or move an issue. Absent: not known, or not yet.
 */
export const Facts = Type.Object({ changed: Type.Optional(ChangedFact), owner: Type.Optional(OwnerClues) });
export type Facts = Static<typeof Facts>;

/** The facts of a finding at one moment. */
export interface KnownFacts {
  readonly facts: Facts;
  /** An enricher is still asking: a create waits for it, within the bound of `awaitDetails`. */
  readonly awaited: boolean;
}

export const NO_FACTS: KnownFacts = { facts: {}, awaited: false };
