import { openedIn, roomAt } from '../../issues/opening-window.ts';
import type { OpeningKind } from '../../rules/limits.ts';
import type { Store } from '../ports/store.ts';
import { GROUPS, overLimitTerm } from '../records/group-collections.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import { readOpeningWindow } from './opening-windows.ts';

/** What the limit of all openings of one kind lets through and holds back. */
export interface OpeningsReport {
  readonly kind: OpeningKind;
  readonly perHour: number;
  readonly openedLastHour: number;
  /** Groups that this limit, or one of a project or rule, holds back. */
  readonly held: number;
  /** ISO 8601; null: it has room. */
  readonly roomAt: string | null;
}

/** A report for each kind that a limit of all applies to; none with `limits: off`. @throws StoreUnavailable */
export async function reportOpenings(store: Store, rules: Pick<Rules, 'limitsOf'>): Promise<readonly OpeningsReport[]> {
  const now = await store.now();
  const reports: OpeningsReport[] = [];
  for (const kind of ['backlog', 'live'] as const) {
    const [all] = rules.limitsOf({ kind, projectKey: '', ruleId: '' });
    if (all === undefined) continue;
    const window = await readOpeningWindow(store, kind, all.scope);
    const [held = 0] = await store.counts(GROUPS, [overLimitTerm(kind)]);
    const at = roomAt(window, all.perHour, now);
    const { perHour } = all;
    reports.push({ kind, perHour, openedLastHour: openedIn(window, now), held, roomAt: at === null ? null : new Date(at).toISOString() });
  }
  return reports;
}
