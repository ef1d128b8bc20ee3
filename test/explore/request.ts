import type { Marker } from '../../src/issues/marker.ts';
import type { Answer } from '../../src/jira/http/answer.ts';
import type { CommitResult, Write } from '../../src/pipeline/ports/store.ts';
import type { FoundIssue } from '../../src/pipeline/ports/issue-tracker.ts';
import type { Document } from './documents.ts';
import type { Side } from './jira-model.ts';

/** A call of a replica through one of its ports. Each is a point at which the other replica, a fault or an event may come first. */
export type Request =
  | { readonly call: 'read'; readonly collection: string; readonly ids: readonly string[] }
  | { readonly call: 'commit'; readonly writes: readonly Write[] }
  /** `POST /issue`. `sendBy`: by the process's clock. */
  | { readonly call: 'create'; readonly marker: Marker; readonly sendBy: number }
  | { readonly call: 'search'; readonly label: string }
  /** One read of an issue. */
  | { readonly call: 'status'; readonly id: string }
  | { readonly call: 'transition'; readonly id: string; readonly to: Side; readonly sendBy: number }
  /** A write that may be made twice without harm, such as a comment that is looked for first. */
  | { readonly call: 'edit'; readonly id: string };

/** The answer to a request. */
export type Reply =
  | { readonly is: 'documents'; readonly documents: readonly (Document | null)[] }
  | { readonly is: 'committed'; readonly result: CommitResult }
  /** Whether the store has carried the commit out is unknown. */
  | { readonly is: 'store-unavailable' }
  | { readonly is: 'found'; readonly found: readonly FoundIssue[] }
  | { readonly is: 'side'; readonly side: Side }
  /** Of Jira, or of the network on the way to it. */
  | { readonly is: 'answer'; readonly answer: Answer };

/** The reply, which must be of this kind. */
export function expectReply<Kind extends Reply['is']>(reply: Reply, kind: Kind): Extract<Reply, { readonly is: Kind }> {
  if (!isKind(reply, kind)) throw new Error(`Expected a reply of the kind ${kind}, got ${reply.is}`);
  return reply;
}

function isKind<Kind extends Reply['is']>(reply: Reply, kind: Kind): reply is Extract<Reply, { readonly is: Kind }> {
  return reply.is === kind;
}

export type Ask = (request: Request) => Promise<Reply>;
