import { shortHash } from '../../issues/short-hash.ts';
import type { LearnFacts } from '../../pipeline/ports/enricher.ts';
import { put, type Store } from '../../pipeline/ports/store.ts';
import { OWNED_RESOURCES, resourceId, type OwnedResource, type OwnerAccount } from './owner-records.ts';

/** A digest of all that findings of a resource can learn. */
export function toldOf({ tags, refusal }: OwnedResource, account: OwnerAccount | null): string {
  return shortHash(JSON.stringify([tags, account?.tags ?? null, account?.contact ?? null, tags === null && refusal !== null]));
}

/**
 * Tells every finding of a resource that its owner is known, or that there is no answer: each in one commit with the note that it was told, so that
 * a process which dies leaves the rest for the next look-up.
 */
export async function tellOwner(
  { store, learn }: { readonly store: Store; readonly learn: LearnFacts },
  resource: OwnedResource,
  account: OwnerAccount | null,
  dueAt: number,
): Promise<void> {
  const id = resourceId(resource.accountId, resource.resource);
  for (const key of resource.untold) {
    const [stored] = await store.read(OWNED_RESOURCES, [id]);
    if (!stored) return;
    const untold = stored.doc.untold.filter((one) => one !== key);
    const next = { ...stored.doc, untold, ...(untold.length === 0 ? { dueAt } : {}) };
    if (!(await learn(key, becauseOf(resource, account), [put(OWNED_RESOURCES, id, stored.version, next)]))) return;
  }
}

/** The first place where an owner was found, or why the tags of the resource were not. It names no owner: a history is kept for longer. */
function becauseOf({ tags, refusal }: OwnedResource, account: OwnerAccount | null): string {
  if (hasTags(tags)) return 'owner-in-resource-tag';
  if (tags === null && refusal !== null) return `owner-not-told-${refusal.code}`;
  if (hasTags(account?.tags ?? null)) return 'owner-in-account-tag';
  return account !== null && account.contact !== null ? 'owner-in-security-contact' : 'owner-not-found';
}

function hasTags(tags: OwnedResource['tags']): boolean {
  return tags !== null && Object.values(tags).some((value) => value.trim() !== '');
}
