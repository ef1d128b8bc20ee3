import type { GroupChanging } from '../groups/change-group.ts';
import type { IssueTracker } from '../ports/issue-tracker.ts';
import { createDismissDeadLetter, type DismissDeadLetter } from './dismiss-dead-letter.ts';
import { createLinkIssue, type LinkIssue } from './link-issue.ts';
import type { RunOperation } from '../operations/run-operation.ts';
import { createPauses, type Pauses } from '../groups/pauses.ts';
import { createReleaseHeld } from './release-held.ts';
import { createResumeHeld } from './resume-groups.ts';
import { createRetryFailures } from './retry-failures.ts';
import { createReconcileNow, type ReconcileNow } from './reconcile-now.ts';
import { createUnlinkIssue, type UnlinkIssue } from './unlink-issue.ts';
import type { OperationKind } from '../ports/operation-kind.ts';

/** The admins' changes to groups. None of them writes to Jira: they change records and ask for passes. */
export interface AdminActions {
  readonly reconcileNow: ReconcileNow;
  readonly linkIssue: LinkIssue;
  readonly unlinkIssue: UnlinkIssue;
  readonly pauses: Pauses;
  readonly dismissDeadLetter: DismissDeadLetter;
  /** The long ones, as operations. */
  readonly kinds: Readonly<Record<Extract<OperationKind, 'retry' | 'release' | 'resume'>, RunOperation>>;
}

export interface AdminActionsDeps extends GroupChanging {
  readonly tracker: IssueTracker;
  readonly installation: string;
}

export function createAdminActions(deps: AdminActionsDeps): AdminActions {
  const reconcileNow = createReconcileNow(deps);
  return {
    reconcileNow,
    linkIssue: createLinkIssue(deps),
    unlinkIssue: createUnlinkIssue(deps),
    pauses: createPauses(deps),
    dismissDeadLetter: createDismissDeadLetter(deps),
    kinds: {
      retry: createRetryFailures({ store: deps.store, reconcileNow }),
      release: createReleaseHeld(deps),
      resume: createResumeHeld(deps),
    },
  };
}
