import { parseArn } from '../../findings/arn.ts';
import { partsOfKey, type FindingKey } from '../../findings/finding.ts';
import { withPassRequested } from '../groups/request-pass.ts';
import { eachPage } from '../operations/each-page.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS, UNKNOWN_MEMBERS, unknownMembersOf } from '../records/group-collections.ts';

/** A finding that only an open issue names, since the store was lost: no event and no listing has said anything of it. */
export interface UnknownMember {
  /** Its group's key. */
  readonly group: string;
  readonly key: FindingKey;
}

/** Those of one analyzer. Short forms name none, so AWS can't be asked about them. */
export async function* unknownMembers(store: Store, analyzerArn: string): AsyncGenerator<UnknownMember> {
  for await (const { items } of eachPage(store, GROUPS, [unknownMembersOf(analyzerArn)])) {
    const named = items.flatMap(({ id, doc: { unknown = [] } }) => unknown.map((key) => ({ group: id, key })));
    const ofAnalyzer = named.filter(({ key }) => partsOfKey(key)?.analyzerArn === analyzerArn);
    const told = await store.read(
      FINDINGS,
      ofAnalyzer.map(({ key }) => key),
    );
    yield* ofAnalyzer.filter((_, at) => told[at] === null);
  }
}

/** The analyzers of all of them. @param most a person may have written any names into a property */
export async function analyzersOfUnknownMembers(store: Store, most: number): Promise<ReadonlySet<string>> {
  const arns = new Set<string>();
  for await (const { items } of eachPage(store, GROUPS, [UNKNOWN_MEMBERS])) {
    for (const name of items.flatMap(({ doc: { unknown = [] } }) => unknown)) {
      const arn = partsOfKey(name)?.analyzerArn ?? '';
      if (parseArn(arn)?.service === 'access-analyzer' && arns.size < most) arns.add(arn);
    }
  }
  return arns;
}

/** Records that AWS no longer has a finding that only its issue names: it keeps the issue open no longer. Its group is due for a pass then. */
export async function loseMember(
  { store, queue }: { readonly store: Store; readonly queue: Pick<ReconcileQueue, 'ask'> },
  member: UnknownMember,
): Promise<void> {
  const { group, key } = member;
  for (;;) {
    const [stored] = await store.read(GROUPS, [group]);
    if (!stored || !stored.doc.members.includes(key) || stored.doc.gone?.includes(key) === true) return;
    const next = { ...withPassRequested(stored.doc, await store.now()), gone: [...(stored.doc.gone ?? []), key] };
    const result = await store.commit([put(GROUPS, group, stored.version, next)]);
    if (!result.ok) continue;
    await queue.ask(group, 'sweep');
    return;
  }
}
