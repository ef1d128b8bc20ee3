import { lifecycleOf } from '../../findings/lifecycle.ts';
import { AUDIT, type AuditRecord } from '../records/admin-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import { RULE_REVISIONS } from '../records/rule-collections.ts';
import type { Page, Store } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import { decidedAt, isOfPeriod, revisionAt, type Evidence, type LostEvidence, type Period, type RevisionMark } from './evidence.ts';
import { personsActs } from './persons-acts.ts';

export interface ReadEvidenceDeps {
  readonly store: Store;
  readonly yielder: Yielder;
}

/** A page is read in one piece, and its findings may be large. */
const PAGE = 25;

/** A revision tells what it changed, which may be megabytes. */
const REVISIONS = 5;

/** The newest acts of one finding that are read. */
const MAX_ACTS = 100;

/**
 * Every finding of a period, the oldest first, in pages that are read as they are wanted. The order never changes, so each finding comes once, as of
 * when it was read, whatever is written meanwhile.
 * @throws StoreUnavailable
 */
export async function* readEvidence(deps: ReadEvidenceDeps, period: Period): AsyncGenerator<readonly (Evidence | LostEvidence)[], void> {
  const revisions = await readRevisions(deps);
  let cursor: string | null = null;
  do {
    const page: Page<FindingRecord> = await deps.store.page(FINDINGS, {
      terms: [],
      limit: PAGE,
      order: 'oldest',
      ...(cursor === null ? {} : { cursor }),
    });
    const records = page.items.map(({ doc }) => doc);
    const ofPeriod = records.filter((record) => isOfPeriod(record, lifecycleOf(record.finding) !== 'active', period));
    const lost = (page.unreadable ?? []).map(({ id }) => ({ unreadable: id }));
    yield [...lost, ...(await withEvidence(deps.store, ofPeriod, revisions))];
    // All findings after it are younger still.
    if ((records.at(-1)?.firstSeenAt ?? 0) >= period.to) return;
    cursor = page.nextCursor;
    await deps.yielder.yieldIfDue();
  } while (cursor !== null);
}

async function readRevisions({ store, yielder }: ReadEvidenceDeps): Promise<readonly RevisionMark[]> {
  const marks: RevisionMark[] = [];
  let cursor: string | null = null;
  do {
    const { items, nextCursor }: Page<RevisionMark> = await store.page(RULE_REVISIONS, {
      terms: [],
      limit: REVISIONS,
      order: 'oldest',
      ...(cursor === null ? {} : { cursor }),
    });
    marks.push(...items.map(({ doc: { revision, savedAt, savedBy } }) => ({ revision, savedAt, savedBy })));
    cursor = nextCursor;
    await yielder.yieldIfDue();
  } while (cursor !== null);
  return marks.toSorted((a, b) => a.savedAt - b.savedAt);
}

async function withEvidence(
  store: Store,
  records: readonly FindingRecord[],
  revisions: readonly RevisionMark[],
): Promise<readonly Evidence[]> {
  if (records.length === 0) return [];
  const groups = new Map(
    (await readReadable(store, GROUPS, [...new Set(records.map(({ group }) => group))])).map(({ doc }) => [doc.group, doc]),
  );
  const audit = await readAudit(
    store,
    records.flatMap(({ finding, group }) => [finding.findingId, group]),
  );
  return Promise.all(
    records.map(async (record): Promise<Evidence> => {
      const entries = await entriesAbout(store, record, audit);
      const group = groups.get(record.group) ?? null;
      const at = decidedAt(record);
      return {
        record,
        group,
        revision: at === null ? null : revisionAt(revisions, at),
        acts: personsActs(record, entries.items),
        actsLeftOut: entries.leftOut,
        isPartial: group === null || entries.areSomeUnreadable,
      };
    }),
  );
}

/** Audit entries about one target. */
interface Entries {
  readonly items: readonly AuditRecord[];
  /** Older ones that were not read. */
  readonly leftOut: number;
  readonly areSomeUnreadable: boolean;
}

const NO_ENTRIES: Entries = { items: [], leftOut: 0, areSomeUnreadable: false };

/** Most findings have none, which one question shows for all of them. */
async function readAudit(store: Store, targets: readonly string[]): Promise<ReadonlyMap<string, Entries>> {
  const asked = [...new Set(targets)];
  const counts = await store.counts(
    AUDIT,
    asked.map((target) => `target:${target}`),
  );
  const found: [string, Entries][] = [];
  for (const [at, target] of asked.entries()) {
    const count = counts[at] ?? 0;
    if (count === 0) continue;
    const { items, unreadable = [] } = await store.page(AUDIT, { terms: [`target:${target}`], limit: MAX_ACTS });
    const leftOut = Math.max(0, count - items.length - unreadable.length);
    found.push([target, { items: items.map(({ doc }) => doc), leftOut, areSomeUnreadable: unreadable.length > 0 }]);
  }
  return new Map(found);
}

/** The audit names a finding by its id alone, which several analyzers may use: the group tells them apart. */
async function entriesAbout(store: Store, record: FindingRecord, audit: ReadonlyMap<string, Entries>): Promise<Entries> {
  const { findingId } = record.finding;
  const ofGroup = audit.get(record.group) ?? NO_ENTRIES;
  const ofId = audit.get(findingId);
  if (ofId === undefined) return ofGroup;
  const [named = 0] = await store.counts(FINDINGS, [`findingId:${findingId}`]);
  return {
    items: [...ofGroup.items, ...ofId.items.filter((entry) => named === 1 || groupIn(entry.after) === record.group)],
    leftOut: ofGroup.leftOut + ofId.leftOut,
    areSomeUnreadable: ofGroup.areSomeUnreadable || ofId.areSomeUnreadable,
  };
}

function groupIn(state: AuditRecord['after']): unknown {
  return typeof state === 'object' && state !== null && 'group' in state ? state['group'] : null;
}
