import type { DoctorCheck, Diagnose } from '../ports/doctor-check.ts';
import type { StoreMemory } from '../ports/store-memory.ts';
import type { Store } from '../ports/store.ts';
import type { UnreadableDocument } from '../ports/unreadable-document.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { FINDINGS } from '../records/finding-collections.ts';

/** The parts that the store's check needs. */
export interface DiagnoseStoreParts {
  readonly store: Store;
  readonly trust: StoreTrust;
  /** One line for each setting that may lose records. */
  readonly settings: () => Promise<readonly string[]>;
  /** Null: the store is on a disk. */
  readonly memory: () => Promise<StoreMemory | null>;
  /** Documents that can't be read. */
  readonly unreadable: () => Promise<readonly UnreadableDocument[]>;
}

/** Whether the store answers, is still the same one, and keeps its records. */
export function createDiagnoseStore({ store, trust, settings, memory, unreadable }: DiagnoseStoreParts): Diagnose {
  async function diagnose(): Promise<readonly DoctorCheck[]> {
    await store.now();
    const trusted = await trust.isTrusted();
    const problems = await settings();
    const [findings = 0] = await store.counts(FINDINGS, ['']);
    const room = await memory();
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
      ...(room === null ? [] : [memoryCheck(findings, room)]),
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

/** What a finding needs in Redis with its issue and its usual history, bytes; `npm run bench -- --only sizes` measures it. */
const FINDING_BYTES = 4_000;

/** Of the limit: the rest is for the queue, and for Redis while it writes its files. */
const MAX_SHARE = 0.8;

/** Findings that have just come have yet to get their issue and their history. */
function memoryCheck(findings: number, { used, limit }: StoreMemory): DoctorCheck {
  const check = 'store-memory';
  const mb = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;
  const holds = `It uses ${mb(used)} with ${findings} findings`;
  if (limit === null) return { check, ok: true, message: `${holds}; maxmemory is not set`, advice: null };
  const needed = Math.max(used, findings * FINDING_BYTES);
  const more = Math.max(0, Math.floor((limit * MAX_SHARE - needed) / FINDING_BYTES));
  const message = `${holds}, and needs ${mb(needed)} for them; maxmemory is ${mb(limit)}, with room for about ${more} more`;
  if (needed <= limit * MAX_SHARE) return { check, ok: true, message, advice: null };
  return {
    check,
    ok: false,
    message,
    advice: 'Give Redis more memory, and raise maxmemory with it: when it is full it takes no writes, and nothing more is received',
  };
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
      'Put back each from a backup, and everything else goes on meanwhile. Do not delete single documents: with a group, its issue would be forgotten. Without a backup, begin with an empty store: the issues are read back from Jira; save the rules first',
  };
}
