import type { Finding } from '../findings/finding.ts';

/** One part of a message. Most messages have one; an event of Security Hub has one for each of its findings. */
export type MessagePart = { readonly kind: 'finding'; readonly finding: Finding } | Ignored | Unreadable;

/** Other content that AWS sends the same way and that we don't need. */
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
  /** Where in the message, inside its envelopes, such as `detail.status`; empty: the whole message. */
  readonly path: string;
  /** The expected content. Never the value. */
  readonly message: string;
  /** The text to keep: the message, or, when other parts of it could be read, one that has this part alone. */
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

/** An unreadable part, without the text to keep. */
export type Refusal = Omit<Unreadable, 'body'>;

export function refusal(because: UnreadableReason, path: string, message: string): Refusal {
  return { kind: 'unreadable', because, path, message };
}
