import { goneObservation } from '../../findings/gone-observation.ts';
import type { AcceptFinding } from '../accept/accept-finding.ts';
import { passOn } from '../groups/pass-on.ts';
import { mayInherit, readCounterparts } from '../groups/counterparts.ts';
import { eachPage } from '../operations/each-page.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Store, Stored } from '../ports/store.ts';
import type { AnalyzerRecord } from '../records/analyzer-record.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import type { ChosenAnalyzer, Idleness } from '../records/listing-position.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import { unknownMembers, loseMember } from './unknown-members.ts';

export interface EndFindingsDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly accept: AcceptFinding;
  /** Only counts. */
  readonly dryRun: boolean;
  /** Called between two findings. @returns false when another process has the sweep */
  readonly stillOurs: () => Promise<boolean>;
}

export type EndedFindings =
  | { readonly is: 'done'; readonly passedOn: number; readonly unmonitored: number }
  /** Another process goes on. */
  | { readonly is: 'later' };

/**
 * Ends the ACTIVE findings of an analyzer that is gone. Where another analyzer reports the same access and has no issue for it yet, the issue is passed
 * on to that finding. All others are no longer monitored, which is no fix, and their issues are closed as such, and so are findings that only their
 * issues name; they stay as they are where the analyzer may be at work in another account. Again without harm, as after a kill in its middle.
 */
export async function endFindings(deps: EndFindingsDeps, { arn }: ChosenAnalyzer, idle: Idleness): Promise<EndedFindings> {
  const { store } = deps;
  const { doc: own } = await readReplaceable(store, ANALYZERS, arn);
  let [passedOn, unmonitored] = [0, 0];
  for await (const { items } of eachPage(store, FINDINGS, [`analyzerArn:${arn}`, 'findingStatus:ACTIVE'])) {
    for (const finding of items) {
      if (finding.doc.finding.deleted) continue;
      if (!(await deps.stillOurs())) return { is: 'later' };
      const ended = await skipUnreadable(() => end(deps, finding, { own, idle }));
      if (ended === 'passed-on') passedOn += 1;
      if (ended === 'unmonitored') unmonitored += 1;
    }
  }
  for await (const member of unknownMembers(store, arn)) {
    if (idle === 'elsewhere') break;
    if (!(await deps.stillOurs())) return { is: 'later' };
    if (!deps.dryRun) await skipUnreadable(() => loseMember(deps, member));
    unmonitored += 1;
  }
  return { is: 'done', passedOn, unmonitored };
}

type Ended = 'passed-on' | 'unmonitored' | 'stays';

async function end(
  deps: EndFindingsDeps,
  { id, doc }: Stored<FindingRecord>,
  { own, idle }: { readonly own: AnalyzerRecord | null; readonly idle: Idleness },
): Promise<Ended> {
  const { store, queue, dryRun } = deps;
  const heirs = (await readCounterparts(store, doc.finding)).filter((counterpart) => mayInherit(counterpart, doc, own));
  for (const heir of heirs) {
    const groups = dryRun ? [] : await passOn(deps, id, heir.finding.id);
    for (const group of groups ?? []) await queue.ask(group, 'sweep');
    if (groups !== null) return 'passed-on';
  }
  if (idle === 'elsewhere') return 'stays';
  const now = await store.now();
  const seen = goneObservation(doc.finding, new Date(now).toISOString(), now);
  if (seen !== null && !dryRun) await deps.accept(seen, 'sweep');
  return 'unmonitored';
}
