/**
 * Who has access, by what it takes to become one of them. `conditions`: everyone who meets the conditions of the policy. `federation`: users of
 * an identity provider. `deleted`: a role or user that no longer exists.
 */
export type AccessKind = 'everyone' | 'conditions' | 'federation' | 'account' | 'service' | 'deleted';

/** How open a resource is, and what follows. */
export interface Risk {
  /** Completes `…, and this one is open to …`. */
  readonly openTo: string;
  /** The same for several of them; absent: it fits. */
  readonly openToMany?: string;
  /** One or two sentences; null: the words of the resource's type. */
  readonly risk: string | null;
}

/** By kind of access. The pages beside the entries are the sources of what they say. */
export const RISKS: Readonly<Record<AccessKind, Risk>> = {
  everyone: { openTo: 'open to everyone in the world', risk: null },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html
  conditions: {
    openTo: 'open to everyone who meets the conditions above',
    risk: 'It is only as closed as those conditions: make sure that strangers cannot meet them.',
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
  federation: {
    openTo: 'open to users of an identity provider',
    risk: 'The conditions decide which of its users get in. An audience alone may let in all of them; a subject names the right ones.',
  },
  account: {
    openTo: 'open to an account outside your own account or organization',
    openToMany: 'open to accounts outside your own account or organization',
    risk: null,
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
  service: {
    openTo: 'open to an AWS service',
    risk: 'The service works for all its customers: unless a condition names your account or resource (aws:SourceAccount, aws:SourceArn), another customer may have it act here.',
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
  deleted: {
    openTo: 'still open to a role or user that was deleted',
    risk: 'No one can use that entry today, and a new role or user of the same name does not get it. It is safe to remove.',
  },
};

/** Where the type of the resource says nothing more. */
export const SHARED_RISK = 'Anyone who takes over that account gets this access, too.';
