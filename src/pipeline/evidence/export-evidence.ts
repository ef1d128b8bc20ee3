import { auditWrite, type AskedBy } from '../records/audit.ts';
import type { Evidence, LostEvidence, Period } from './evidence.ts';
import { readEvidence, type ReadEvidenceDeps } from './read-evidence.ts';

/**
 * Begins an export: its audit entry is in the store before anything is handed out. The pages are read as they are wanted, and each may throw
 * StoreUnavailable; an export that is given up needs no other end.
 * @throws StoreUnavailable
 */
export type ExportEvidence = (
  period: Period,
  format: string,
  by: AskedBy,
) => Promise<AsyncGenerator<readonly (Evidence | LostEvidence)[], void>>;

export function createExportEvidence(deps: ReadEvidenceDeps): ExportEvidence {
  const { store } = deps;
  return async (period, format, by) => {
    const after = { from: timeOf(period.from), to: timeOf(period.to), format };
    for (;;) {
      const entry = auditWrite(by, { action: 'evidence.exported', target: 'findings', before: null, after }, await store.now());
      const result = await store.commit([entry]);
      if (result.ok) return readEvidence(deps, period);
    }
  };
}

function timeOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
