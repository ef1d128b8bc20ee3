import type { UnprovenIssue } from '../../issues/unproven.ts';
import { UNPROVEN } from '../records/group-collections.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';

export interface HoldDeps {
  readonly store: Store;
  readonly emit: Emit;
  readonly ensureTrust: () => Promise<void>;
}

/** Keeps groups from steps that an issue with an unproven marker could make wrong, until an admin decides. @param labels of those groups */
export async function holdUnproven({ store, emit, ensureTrust }: HoldDeps, labels: readonly string[], issue: UnprovenIssue): Promise<void> {
  let isNew = false;
  for (const label of labels) {
    for (;;) {
      const [stored] = await store.read(UNPROVEN, [label]);
      const issues = stored?.doc.issues ?? [];
      if (issues.some(({ id, says }) => id === issue.id && says === issue.says)) break;
      const others = issues.filter(({ id }) => id !== issue.id);
      const result = await store.commit([put(UNPROVEN, label, stored?.version ?? null, { issues: [...others, issue] })]);
      if (result.ok) {
        isNew = true;
        break;
      }
      if (result.because === 'suspect') await ensureTrust();
    }
  }
  if (isNew) emit({ what: 'property-unproven', issueKey: issue.key, says: issue.says });
}
