import type { Finding } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { breaks, carriesOn, succeeds, type Neighbour } from '../../issues/neighbours.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import type { IssueTracker } from '../ports/issue-tracker.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { type Store, type Stored } from '../ports/store.ts';
import { requestPass } from './request-pass.ts';

/** The most findings of one resource that are read, the newest first. */
const MAX_NEIGHBOURS = 50;

/** How long other groups wait for the issue of an error finding that their own issues mention, ms. */
const OPENING_MS = 5 * 60_000;

/** Findings on a resource that belong to other groups, with their issues. @param now store's clock, epoch ms */
export async function readNeighbours(
  store: Store,
  mention: IssueTracker['mention'],
  group: GroupKey,
  resource: string | undefined,
  now: number,
): Promise<readonly Neighbour[]> {
  if (resource === undefined) return [];
  const records = await onResource(store, resource);
  return records.filter(({ doc }) => doc.group !== group).map(({ doc }) => neighbourOf(doc, mention, now));
}

function neighbourOf({ finding, mapping, firstSeenAt }: FindingRecord, mention: IssueTracker['mention'], now: number): Neighbour {
  const { state, because } = mapping;
  const issue = because === 'issue-deleted' ? null : mapping.issue;
  const isOpening = issue === null && ['pending', 'sending', 'uncertain'].includes(state) && now - firstSeenAt < OPENING_MS;
  return { finding, issue: issue === null ? null : { id: issue.id, ...mention(issue.key) }, isOpening };
}

async function onResource(store: Store, resource: string): Promise<readonly Stored<FindingRecord>[]> {
  const { items } = await store.page(FINDINGS, { terms: [`resource:${resource}`], limit: MAX_NEIGHBOURS });
  return items;
}

/**
 * Asks for a pass over the groups whose issues must mention a finding: its successor's, and those of findings that ended with its error.
 * @throws StoreUnavailable
 */
export async function askNeighbours(deps: { readonly store: Store; readonly queue: ReconcileQueue }, finding: Finding): Promise<void> {
  const { store, queue } = deps;
  if (lifecycleOf(finding) === 'active' && finding.error === null) return;
  const concerned = (await onResource(store, finding.resource)).filter(
    ({ doc }) => succeeds(doc.finding, finding) || carriesOn(doc.finding, finding) || breaks(finding, doc.finding),
  );
  for (const group of new Set(concerned.map(({ doc }) => doc.group))) {
    await skipUnreadable(() => requestPass(store, group));
    await queue.ask(group, 'event');
  }
}
