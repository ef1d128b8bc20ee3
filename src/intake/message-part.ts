import type { Finding } from '../findings/finding.ts';

/** One thing that a message says. Most say one; an event of Security Hub has one for each of its findings. */
export type MessagePart = { readonly kind: 'finding'; readonly finding: Finding } | Ignored | Unreadable;

/** Something else that AWS sends the same way, and that we don't want. */
export type Ignored =
  | { readonly kind: 'ignored'; readonly because: 'access-preview' | 'api-call' | 'other-product' | 'ocsf-finding' }
  | {
      readonly kind: 'ignored';
      readonly because: 'subscription-confirmation' | 'unsubscribe-confirmation';
      /** Empty when the message names none. */
      readonly topicArn: string;
    };

/** Stable codes, each explained in docs/operations/reference.md. */
export type IgnoredReason = Ignored['because'];

export interface Unreadable {
  readonly kind: 'unreadable';
  readonly because: UnreadableReason;
  /** Where in the message, inside its envelopes, such as `detail.status`; empty: the whole of it. */
  readonly path: string;
  /** What was expected there. Never the value. */
  readonly message: string;
  /** What is to be kept: the message, or, when other parts of it could be read, one that has this part alone. */
  readonly body: string;
}

/** Stable codes, each explained in docs/operations/reference.md. */
export type UnreadableReason =
  | 'not-json'
  | 'too-deep'
  | 'not-an-event'
  | 'foreign-source'
  | 'test-source'
  | 'unknown-detail-type'
  | 'not-a-finding'
  | 'account-not-allowed';

/** An unreadable part, without what is to be kept of it. */
export type Refusal = Omit<Unreadable, 'body'>;

export function refusal(because: UnreadableReason, path: string, message: string): Refusal {
  return { kind: 'unreadable', because, path, message };
}
