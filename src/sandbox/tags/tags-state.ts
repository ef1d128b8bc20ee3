/** A resource with its tags, in its account and Region. The Region of IAM is empty. */
export interface SimulatedTags {
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Source: https://docs.aws.amazon.com/accounts/latest/reference/API_AlternateContact.html */
export interface SimulatedContact {
  readonly Name: string;
  readonly EmailAddress: string;
  readonly PhoneNumber: string;
  readonly Title: string;
}

export type TagsOperation = 'GetResources' | 'ListRoleTags' | 'ListUserTags' | 'GetAlternateContact';

/** The errors of AWS, with the names that its APIs use. IAM has names of its own for two of them. */
export type TagsError =
  | 'AccessDeniedException'
  | 'InternalServiceException'
  | 'InvalidParameterException'
  | 'ResourceNotFoundException'
  | 'ThrottledException'
  | 'UnrecognizedClientException';

/** `cut`: no answer, the connection ends. `hangs`: no answer ever. `garbage`: a page that is not AWS's. `foreign`: the tags of another resource. */
export interface TagsFault {
  readonly on: TagsOperation;
  readonly fault: TagsError | 'cut' | 'hangs' | 'garbage' | 'foreign';
}

/** All may be changed at any time. */
export interface TagsFaults {
  /** Calls that no role may make. */
  denied: readonly TagsOperation[];
  /** Accounts in which no role may make any call. */
  deniedIn: readonly string[];
  /** Calls that get no answer. */
  slow: readonly TagsOperation[];
  /** For single requests, in order; each is used up by the first request that it fits. */
  next: TagsFault[];
}

/** All may be changed at any time. */
export interface TagsSettings {
  resources: readonly SimulatedTags[];
  /** The security contact of each account; no entry: it has none. */
  contacts: Readonly<Record<string, SimulatedContact>>;
  /** The account of the service's own credentials: the management account, or a delegated one. */
  ownAccount: string;
  /** The most tags that a page of IAM has. */
  pageSize: number;
}

/** One request, as it was signed. */
export interface TagsRequest {
  readonly operation: TagsOperation;
  /** The account whose credentials signed it. */
  readonly accountId: string;
  readonly region: string;
  /** The ARNs, the name, or the account that it asks about; empty: the caller's own account. */
  readonly about: readonly string[];
}
