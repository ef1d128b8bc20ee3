import type { AuditRecord } from '../records/admin-collections.ts';
import type { FindingRecord, HistoryEntry } from '../records/finding-record.ts';

/** Something that a person did to a finding or its issue. */
export interface PersonsAct {
  /** Store's clock, epoch ms; of what happened in Jira: when it was noticed. */
  readonly at: number;
  readonly action: ActionName;
  /** Name of the token; null: a person in Jira, whose name Jira has. */
  readonly by: string | null;
  /** The issue at that time; null: none. */
  readonly issueKey: string | null;
  /** As in the log and in the answer to the request; null: the audit has no entry of it, or has forgotten it. */
  readonly requestId: string | null;
}

/** `retried` is a retry of one failure; a retry of many is `reconciled`, as it is in a finding's history. */
export type ActionName = 'linked' | 'unlinked' | 'reconciled' | 'retried' | 'released' | 'closed-in-jira' | 'deleted-in-jira';

/** Audit entries about one finding or its group. */
const OF_AUDIT: Readonly<Record<string, ActionName>> = {
  'mapping.linked': 'linked',
  'mapping.unlinked': 'unlinked',
  'mapping.reconciled': 'reconciled',
  'failure.retried': 'retried',
};

/** History entries that an admin action makes. */
const OF_HISTORY: Readonly<Partial<Record<HistoryEntry['what'], ActionName>>> = {
  linked: 'linked',
  unlinked: 'unlinked',
  asked: 'reconciled',
  released: 'released',
};

/** As the admin actions write it into the history. */
const BY = 'by ';

/**
 * What people did to a finding: the audit says it precisely, the history also has what a bulk action or a person in Jira did. An act that both
 * have was written in one commit, with one time. The oldest first. Pure.
 * @param audit entries about the finding or its group
 */
export function personsActs({ history }: Pick<FindingRecord, 'history'>, audit: readonly AuditRecord[]): readonly PersonsAct[] {
  const precise = audit.flatMap((entry) => auditAct(entry) ?? []);
  const known = new Set(precise.map(({ at, by }) => `${at} ${by}`));
  const others = history.flatMap((entry) => historyAct(entry) ?? []).filter(({ at, by }) => !known.has(`${at} ${by}`));
  return [...precise, ...others].toSorted((a, b) => a.at - b.at);
}

function auditAct({ at, actor, action, requestId, before, after }: AuditRecord): PersonsAct | null {
  const name = Object.hasOwn(OF_AUDIT, action) ? OF_AUDIT[action] : undefined;
  return name === undefined ? null : { at, action: name, by: actor, issueKey: issueKeyIn(after) ?? issueKeyIn(before), requestId };
}

function historyAct({ at, what, because, issueKey }: HistoryEntry): PersonsAct | null {
  const inJira = what === 'closed' && because === 'closed-by-person' ? 'closed-in-jira' : what === 'deleted' ? 'deleted-in-jira' : null;
  if (inJira !== null) return { at, action: inJira, by: null, issueKey, requestId: null };
  const action = OF_HISTORY[what];
  if (action === undefined || !because.startsWith(BY)) return null;
  return { at, action, by: because.slice(BY.length), issueKey, requestId: null };
}

function issueKeyIn(state: AuditRecord['after']): string | null {
  return typeof state === 'object' && state !== null && 'issueKey' in state && typeof state['issueKey'] === 'string'
    ? state['issueKey']
    : null;
}
