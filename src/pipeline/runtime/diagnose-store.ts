import type { DoctorCheck, Diagnose } from '../ports/doctor-check.ts';
import type { Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** The parts that the store's check needs. `settings`: one line for each setting that may lose records. */
export interface DiagnoseStoreParts {
  readonly store: Store;
  readonly trust: StoreTrust;
  readonly settings: () => Promise<readonly string[]>;
}

/** Whether the store answers, is still the same one, and keeps its records. */
export function createDiagnoseStore({ store, trust, settings }: DiagnoseStoreParts): Diagnose {
  async function diagnose(): Promise<readonly DoctorCheck[]> {
    await store.now();
    const trusted = await trust.isTrusted();
    const problems = await settings();
    return [
      { check: 'store-reachable', ok: true, message: 'It answers', advice: null },
      trusted
        ? { check: 'store-trusted', ok: true, message: 'It is still the same one', advice: null }
        : {
            check: 'store-trusted',
            ok: false,
            message: 'It is new or another one; nothing is created before our issues have been read back from Jira',
            advice: 'Wait half a minute; if it stays so, Jira does not answer or not as our account',
          },
      ...problems.map((message) => ({ check: 'store-settings', ok: false, message, advice: 'Set it so, or records may be lost' })),
      ...(problems.length > 0
        ? []
        : [{ check: 'store-settings', ok: true, message: 'Acknowledged writes are kept over a restart', advice: null }]),
    ];
  }

  return () =>
    diagnose().catch((error: unknown) => [
      {
        check: 'store-reachable',
        ok: false,
        message: error instanceof Error ? error.message.slice(0, 300) : 'It does not answer',
        advice: 'Redis: can it be reached, is it out of memory, is it read-only? Embedded: is the disk full, is DATA_DIR still in place?',
      },
    ]);
}
