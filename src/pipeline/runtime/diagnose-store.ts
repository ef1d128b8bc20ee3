import type { DoctorCheck, Diagnose } from '../ports/doctor-check.ts';
import type { Store } from '../ports/store.ts';
import type { UnreadableDocument } from '../ports/unreadable-document.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** The parts that the store's check needs. */
export interface DiagnoseStoreParts {
  readonly store: Store;
  readonly trust: StoreTrust;
  /** One line for each setting that may lose records. */
  readonly settings: () => Promise<readonly string[]>;
  /** Documents that can't be read. */
  readonly unreadable: () => Promise<readonly UnreadableDocument[]>;
}

/** Whether the store answers, is still the same one, and keeps its records. */
export function createDiagnoseStore({ store, trust, settings, unreadable }: DiagnoseStoreParts): Diagnose {
  async function diagnose(): Promise<readonly DoctorCheck[]> {
    await store.now();
    const trusted = await trust.isTrusted();
    const problems = await settings();
    const documents = await unreadable();
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
      documentsCheck(documents),
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

/** Documents named in a message, and characters of an id: ids of findings are long. */
const MAX_NAMED = 5;
const MAX_ID = 200;

function documentsCheck(documents: readonly UnreadableDocument[]): DoctorCheck {
  const check = 'store-documents';
  if (documents.length === 0) return { check, ok: true, message: 'No document was found that cannot be read', advice: null };
  const named = documents.slice(0, MAX_NAMED).map(({ collection, id, because }) => `${collection}/${id.slice(0, MAX_ID)} (${because})`);
  const more = documents.length - named.length;
  return {
    check,
    ok: false,
    message: `${documents.length} can't be read: ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`,
    advice:
      'Put back the text of each from a backup, and everything else goes on meanwhile. Do not delete single documents: with a group, its issue would be forgotten. Without a backup, begin with an empty store: the issues are read back from Jira; save the rules first',
  };
}
