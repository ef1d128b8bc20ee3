import { SEVERITIES } from '../../findings/severity.ts';
import type { LimitScope, OpeningKind } from '../../rules/limits.ts';
import type { Opening } from '../../issues/admission.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import { withFacts } from '../enrichment/enrich-group.ts';
import { eachPage } from '../operations/each-page.ts';
import { readGroup, saveGroup } from '../groups/group-view.ts';
import { requestPass } from '../groups/request-pass.ts';
import { readOpeningWindows } from '../openings/opening-windows.ts';
import { BACKLOG_UNPLANNED, FLOODS, GROUPS, overLimitTerm } from '../records/group-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';
import type { RuleBook, Rules } from '../rulebook/rule-book.ts';
import { planPass, type PlanContext } from './plan-pass.ts';

/** Admits what limits hold back as soon as they have room: the highest severity first, then the oldest. */
export interface ReleaseOpenings {
  /** @throws StoreUnavailable */
  advance(): Promise<void>;
}

export interface ReleaseOpeningsDeps extends PlanContext {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly queue: ReconcileQueue;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Whether more backlog is being found: until all of it is known, its order is not. */
  readonly isGathering: () => Promise<boolean>;
}

const KINDS: readonly OpeningKind[] = ['live', 'backlog'];

/** From a walk that met full limits to the next one under the same rules, ms. */
const WALK_EVERY_MS = 10_000;

/** How long passes that have yet to plan their backlog are waited for, ms: one of them may never come to it. */
const UNPLANNED_MS = 60_000;

export function createReleaseOpenings(deps: ReleaseOpeningsDeps): ReleaseOpenings {
  const { store, rules, queue, clock, emit } = deps;
  const walked = new Map<OpeningKind, { readonly at: number; readonly revision: number }>();
  let unplanned = { count: 0, since: 0 };

  /** Reported once by all replicas, from the first group that is held to the last. */
  async function report(kind: OpeningKind, held: number): Promise<void> {
    const { doc, version } = await readReplaceable(store, FLOODS, kind);
    if (held > 0 === (version !== null)) return;
    const result = await store.commit([put(FLOODS, kind, version, held > 0 ? { since: await store.now() } : null)]);
    if (!result.ok) return;
    if (held > 0) emit({ what: 'openings-held', kind, held, perHour: await limitOfAll(kind) });
    else emit({ what: 'openings-released', kind, heldForMs: doc === null ? 0 : (await store.now()) - doc.since });
  }

  async function limitOfAll(kind: OpeningKind): Promise<number | null> {
    const [all] = (await rules.current()).limitsOf({ kind, projectKey: '', ruleId: '' });
    return all?.perHour ?? null;
  }

  async function isOrderKnown(): Promise<boolean> {
    const [count = 0] = await store.counts(GROUPS, [BACKLOG_UNPLANNED]);
    if (count !== unplanned.count) unplanned = { count, since: clock.monotonic() };
    const waits = count > 0 && clock.monotonic() - unplanned.since < UNPLANNED_MS;
    return !waits && !(await deps.isGathering());
  }

  /** Whether another walk would find full limits again: it reads all that waits, so it is not made for nothing. */
  async function isWalked(kind: OpeningKind, book: Rules): Promise<boolean> {
    const last = walked.get(kind);
    const at = clock.monotonic();
    if (last?.revision !== book.revision) return false;
    if (at - last.at < WALK_EVERY_MS) return true;
    const windows = await readOpeningWindows(store, kind, book.limitsOf({ kind, projectKey: '', ruleId: '' }).slice(0, 1));
    const isFull = windows.full(await store.now()).length > 0;
    if (isFull) walked.set(kind, { ...last, at });
    return isFull;
  }

  async function walk(kind: OpeningKind, book: Rules): Promise<void> {
    const full = new Set<LimitScope>();
    for (const severity of SEVERITIES) {
      for (const { id, opening } of await waiting(overLimitTerm(kind, severity))) {
        if (!book.limitsOf(opening).some(({ scope }) => full.has(scope))) await skipUnreadable(() => admit(id, book, full));
      }
    }
    if (full.size > 0) walked.set(kind, { at: clock.monotonic(), revision: book.revision });
  }

  /** What waits, the oldest access first; of those as old, the one that was known first. The store orders by the latter alone. */
  async function waiting(term: string): Promise<readonly { readonly id: string; readonly opening: Opening }[]> {
    const found: { readonly id: string; readonly opening: Opening }[] = [];
    for await (const { items } of eachPage(store, GROUPS, [term]))
      for (const { id, doc } of items) if (doc.admission?.is === 'held') found.push({ id, opening: doc.admission });
    return found.toReversed().toSorted((one, other) => one.opening.since - other.opening.since);
  }

  /** @param full gets the scopes that have no room */
  async function admit(group: string, book: Rules, full: Set<LimitScope>): Promise<void> {
    const read = await readGroup(store, rules, group);
    const view = read === null ? null : await withFacts(deps, read, book);
    if (view?.record.last?.because !== 'over-limit' || view.record.requeueAt !== null) return;
    const planned = await planPass(deps, view, book);
    if (planned.pass !== 'admit') {
      // It is held for another reason by now, or by none.
      await requestPass(store, group);
      return queue.ask(group, 'sweep');
    }
    const windows = await readOpeningWindows(store, planned.opening.kind, planned.limits);
    const [scope] = windows.full(view.now);
    if (scope !== undefined) {
      full.add(scope);
      return;
    }
    const next: GroupRecord = { ...view.record, admission: { is: 'admitted' }, generation: view.record.generation + 1 };
    const note = { what: 'released', because: 'within-limit', issueKey: null } as const;
    const saved = await saveGroup(store, view, next, note, windows.counted(view.now));
    if (saved.saved) return queue.ask(group, 'sweep');
  }

  return {
    async advance() {
      if (deps.mode === 'observe') return;
      const held = await store.counts(
        GROUPS,
        KINDS.map((kind) => overLimitTerm(kind)),
      );
      for (const [at, kind] of KINDS.entries()) {
        const count = held[at] ?? 0;
        await report(kind, count);
        if (count === 0 || (kind === 'backlog' && !(await isOrderKnown()))) continue;
        const book = await rules.current();
        if (!(await isWalked(kind, book))) await walk(kind, book);
      }
    },
  };
}
