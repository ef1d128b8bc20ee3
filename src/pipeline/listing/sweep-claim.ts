import { put, type Store, type Write } from '../ports/store.ts';
import { SWEEP_OF_FINDINGS, SWEEPS, type SweepRecord } from '../records/service-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';

/** Longer than a call and the writes that follow it; a process that is silent for so long counts as dead. */
const CLAIM_MS = 60_000;

/** Renewed when less than this is left, ms. */
const RENEW_MS = 30_000;

/** One process's claim on the sweep. Every write is a compare-and-set, so the claim ends with the first that fails. */
export interface SweepClaim {
  readonly record: SweepRecord;
  /** Writes how far the sweep is, with the documents that belong to it. @returns false when another process has it, or the store forgot it */
  save(change: Omit<SweepRecord, 'nextAt'>, writes?: readonly Write[]): Promise<boolean>;
  /** Keeps the claim through a wait, ms. @returns false as above */
  keep(waitMs: number): Promise<boolean>;
  /** Gives the sweep back. @param nextAt when a process may go on; store's clock, epoch ms */
  release(change: Omit<SweepRecord, 'nextAt'>, nextAt: number): Promise<boolean>;
}

/** @param begin the record to claim; null: not now @returns null when there is nothing to do, or another process does it */
export async function claimSweep(
  { store }: { readonly store: Store },
  begin: (known: SweepRecord | null, now: number) => Omit<SweepRecord, 'nextAt'> | null,
): Promise<SweepClaim | null> {
  const stored = await readReplaceable(store, SWEEPS, SWEEP_OF_FINDINGS);
  let { version } = stored;
  let endsAt = 0;
  let current: SweepRecord;
  let lost = false;

  async function write(record: SweepRecord, writes: readonly Write[]): Promise<boolean> {
    if (lost) return false;
    const result = await store.commit([put(SWEEPS, SWEEP_OF_FINDINGS, version, record), ...writes]);
    if (!result.ok) {
      lost = true;
      return false;
    }
    version = result.versions[0] ?? null;
    current = record;
    endsAt = record.nextAt;
    return true;
  }

  const now = await store.now();
  const begun = begin(stored.doc, now);
  if (begun === null) return null;
  current = { ...begun, nextAt: now + CLAIM_MS };
  if (!(await write(current, []))) return null;

  return {
    get record() {
      return current;
    },
    save: async (change, writes = []) => write({ ...change, nextAt: (await store.now()) + CLAIM_MS }, writes),
    async keep(waitMs) {
      const at = await store.now();
      return endsAt - at - waitMs > RENEW_MS ? !lost : write({ ...current, nextAt: at + waitMs + CLAIM_MS }, []);
    },
    release: (change, nextAt) => write({ ...change, nextAt }, []),
  };
}
