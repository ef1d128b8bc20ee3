import type { Failure } from '../../issues/failure.ts';
import type { StepTaken } from '../../issues/step.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import type { Merged } from '../../findings/merge-finding.ts';
import type { OpeningKind } from '../../rules/limits.ts';
import type { AccountsRefusal } from './accounts-source.ts';
import type { RefusalCode, DetailsCall } from './details-source.ts';
import type { Lookup } from './issue-tracker.ts';
import type { OperationKind, OperationState } from './operation-kind.ts';
import { StoreUnavailable } from './store.ts';
import { DocumentUnreadable, type UnreadableDocument } from './unreadable-document.ts';

/** Something that the service did or saw, as data for logs, metrics and the demo's words. Carries no secrets and no bodies. */
export type ServiceEvent =
  | {
      readonly what: 'finding-accepted';
      readonly findingId: string;
      readonly group: string;
      readonly status: string;
      readonly resource: string;
      readonly because: Merged['because'];
    }
  | { readonly what: 'message-ignored'; readonly because: string }
  | {
      readonly what: 'subscription-unconfirmed' | 'subscription-removed';
      readonly because: string;
      /** Empty when the message names none. */
      readonly topicArn: string;
    }
  | { readonly what: 'message-unreadable'; readonly because: string; readonly path: string; readonly hash: string; readonly bytes: number }
  | { readonly what: 'unreadable-dropped'; readonly hash: string }
  | { readonly what: 'unreadable-left-in-queue'; readonly hash: string; readonly bytes: number; readonly queueUrl: string }
  | ({ readonly what: 'reconciled'; readonly group: string } & StepTaken)
  /** `step`: the step to take, or what is done instead. `because`: a reason of the step or of the wait, or a failure's code. */
  | { readonly what: 'pass-planned'; readonly group: string; readonly step: string; readonly because: string }
  | {
      readonly what: 'issue-created';
      readonly group: string;
      readonly issueKey: string;
      readonly ruleId: string | null;
      readonly resource: string;
      /** From the last news of its findings to the issue, store's clock, ms; null: not known. */
      readonly afterMs: number | null;
    }
  | {
      readonly what: 'issue-adopted' | 'issue-restored';
      readonly group: string;
      readonly issueKey: string;
      readonly ruleId: string | null;
      readonly resource: string;
    }
  | {
      readonly what: 'issue-closed' | 'issue-reopened';
      readonly group: string;
      readonly issueKey: string;
      readonly because: StepTaken['because'];
      readonly resource: string;
    }
  | {
      readonly what: 'issue-updated';
      readonly group: string;
      readonly issueKey: string;
      readonly fields: readonly string[];
      readonly leftToPeople: readonly string[];
    }
  | { readonly what: 'issue-ended-otherwise'; readonly group: string; readonly issueKey: string; readonly resolution: string }
  | { readonly what: 'issue-corrected'; readonly group: string; readonly issueKey: string }
  | { readonly what: 'issues-related'; readonly group: string; readonly issueKey: string; readonly followsKey: string }
  | { readonly what: 'issue-closed-by-person'; readonly group: string; readonly issueKey: string }
  | { readonly what: 'issue-linked' | 'issue-unlinked'; readonly group: string; readonly issueKey: string }
  | { readonly what: 'duplicate-seen'; readonly group: string; readonly issueKey: string; readonly duplicateKey: string }
  | { readonly what: 'duplicate-closed'; readonly issueKey: string; readonly duplicateKey: string }
  | {
      readonly what: 'swept';
      readonly found: number;
      readonly restored: number;
      readonly duplicatesClosed: number;
      readonly moved: number;
      readonly missing: number;
      readonly deleted: number;
      readonly foundAgain: number;
      readonly vanished: number;
    }
  | { readonly what: 'issue-moved'; readonly group: string; readonly issueKey: string; readonly fromKey: string }
  | { readonly what: 'issue-deleted' | 'issue-found-again'; readonly group: string; readonly issueKey: string }
  | { readonly what: 'issues-vanished'; readonly projectKey: string; readonly missing: number; readonly of: number }
  | {
      readonly what: 'findings-swept';
      readonly listed: number;
      readonly added: number;
      readonly changed: number;
      readonly missing: number;
      readonly ended: number;
      readonly gone: number;
      /** Analyzers that were listed completely, of so many. */
      readonly complete: number;
      readonly of: number;
    }
  | { readonly what: 'analyzer-not-listed'; readonly analyzerArn: string; readonly code: RefusalCode; readonly message: string }
  | { readonly what: 'region-not-asked'; readonly region: string; readonly code: RefusalCode; readonly message: string }
  | { readonly what: 'analyzer-ended'; readonly analyzerArn: string; readonly passedOn: number; readonly unmonitored: number }
  | { readonly what: 'findings-vanished'; readonly analyzerArn: string; readonly missing: number }
  | { readonly what: 'rescan-started'; readonly group: string; readonly analyzerArn: string; readonly resource: string }
  | {
      readonly what: 'rescan-refused';
      readonly analyzerArn: string;
      readonly resource: string;
      readonly code: RefusalCode;
      readonly message: string;
    }
  | {
      readonly what: 'create-uncertain';
      readonly group: string;
      readonly attempt: number;
      readonly code: Failure['code'] | 'found-in-sending';
    }
  | {
      readonly what: 'lookup-made';
      readonly group: string;
      readonly valid: boolean;
      readonly because: Lookup['because'];
      readonly ours: number;
    }
  | {
      readonly what: 'jira-failed';
      readonly group: string;
      readonly call:
        | 'create'
        | 'lookup'
        | 'close'
        | 'reopen'
        | 'update'
        | 'correct'
        | 'link'
        | 'add-marker'
        | 'remove-marker'
        | 'label'
        | 'finish'
        | 'write-membership'
        | 'close-duplicate'
        | 'check-property'
        | 'read-deleted';
      readonly code: Failure['code'];
      readonly message: string;
      readonly retryInMs: number;
    }
  | { readonly what: 'token-refused'; readonly message: string }
  | { readonly what: 'token-accepted'; readonly released: number }
  | { readonly what: 'jira-away'; readonly message: string }
  | { readonly what: 'jira-answers'; readonly waiting: number }
  | {
      readonly what: 'rules-undecided';
      readonly group: string;
      readonly code: Failure['code'];
      readonly message: string;
      readonly retryInMs: number;
    }
  | {
      readonly what: 'operation-ended';
      readonly operation: string;
      readonly kind: OperationKind;
      readonly state: OperationState;
    }
  | { readonly what: 'old-data-shrunk'; readonly findings: number; readonly auditEntries: number }
  | {
      readonly what: 'opening-observed';
      /** Such as `12 in SEC, 3 in PLAT`: issues by project. */
      readonly opens: string;
    }
  /** Limits begin to hold issues back. `perHour`: the limit of all; null: only a project's or a rule's applies. */
  | { readonly what: 'openings-held'; readonly kind: OpeningKind; readonly held: number; readonly perHour: number | null }
  | { readonly what: 'openings-released'; readonly kind: OpeningKind; readonly heldForMs: number }
  | { readonly what: 'pause-ended'; readonly scope: string }
  | { readonly what: 'rules-saved'; readonly revision: number; readonly by: string }
  | { readonly what: 'rules-file-refused'; readonly problems: readonly string[] }
  | { readonly what: 'rules-file-fixed' }
  | { readonly what: 'rules-not-exported'; readonly revision: number; readonly message: string }
  | {
      readonly what: 'details-fetched';
      readonly findingId: string;
      /** Entries of the list, and recommended steps; null: not requested this time. */
      readonly list: number | null;
      readonly steps: number | null;
      /** AWS returned more than is kept. */
      readonly isCut: boolean;
      /** Why AWS recommends nothing; null: it was not asked, or recommends something. */
      readonly withoutPolicy: string | null;
    }
  | {
      readonly what: 'details-refused';
      readonly findingId: string;
      readonly call: DetailsCall;
      readonly code: RefusalCode;
      readonly message: string;
      /** Null: not before the finding changes. */
      readonly retryInMs: number | null;
    }
  /** `changed`: accounts whose issues get a pass, since they would be written or filed differently. */
  | { readonly what: 'accounts-listed'; readonly accounts: number; readonly changed: number }
  | { readonly what: 'accounts-refused'; readonly code: AccountsRefusal; readonly message: string }
  /** AWS did not answer an enricher's question. */
  | {
      readonly what: 'facts-refused';
      readonly enricher: string;
      readonly code: RefusalCode;
      readonly message: string;
      readonly retryInMs: number;
    }
  | ({ readonly what: 'document-unreadable' } & Pick<UnreadableDocument, 'collection' | 'id' | 'because'>)
  | ({ readonly what: 'document-needed'; readonly doing: string } & Pick<UnreadableDocument, 'collection' | 'id'>)
  | { readonly what: 'store-suspect'; readonly since: number | null }
  | { readonly what: 'store-read-back'; readonly found: number; readonly restored: number }
  | { readonly what: 'store-read-back-failed'; readonly code: Failure['code']; readonly message: string }
  | { readonly what: 'property-unproven'; readonly issueKey: string; readonly says: UnprovenIssue['says'] }
  | { readonly what: 'store-trusted' }
  | { readonly what: 'store-unavailable'; readonly doing: string; readonly message: string }
  /** @see watchStore; `afterMs`: since the first call that failed */
  | { readonly what: 'store-recovered'; readonly afterMs: number }
  | { readonly what: 'sqs-failed'; readonly doing: 'receive' | 'delete' | 'prolong'; readonly message: string; readonly retryInMs: number }
  | { readonly what: 'internal-error'; readonly doing: string; readonly error: Error };

/** Takes service events. Never throws. */
export type Emit = (event: ServiceEvent) => void;

/** The event for an error. A store that does not answer is no fault of the service; nor is a document in it that can't be read. */
export function failureEvent(doing: string, error: unknown): ServiceEvent {
  if (error instanceof StoreUnavailable) return { what: 'store-unavailable', doing, message: error.message };
  if (error instanceof DocumentUnreadable)
    return { what: 'document-needed', doing, collection: error.document.collection, id: error.document.id };
  return { what: 'internal-error', doing, error: error instanceof Error ? error : new Error(String(error)) };
}
