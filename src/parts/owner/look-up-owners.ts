import type { Answered } from '../../pipeline/ports/details-source.ts';
import type { PartPorts } from '../../pipeline/ports/part.ts';
import { MAX_WRITES, put, type Stored } from '../../pipeline/ports/store.ts';
import { CLAIM_MS, DAY_MS, noteRefusal, refusalOf, REFUSED_MS, type AccountClues } from './account-clues.ts';
import { MAX_BATCH, type ReadResourceTags } from './member-calls.ts';
import { accountOf, OWNED_RESOURCES, type OwnedResource, type OwnerAccount, type Tags } from './owner-records.ts';
import { tellOwner, toldOf } from './tell-owner.ts';

export interface LookUpDeps extends Pick<PartPorts, 'store' | 'learn' | 'rules' | 'stateOf'> {
  readonly accountClues: AccountClues;
  /** Null: there is no role for it. */
  readonly readTags: ReadResourceTags | null;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** Looks up the owner of one resource, together with others of its account and Region that are due. */
export type LookUpOwners = (id: string) => Promise<'done' | 'paused'>;

/** Due resources among which those of one account are looked for. */
const MAX_DUE = 1_000;
/** Ms after a failed look-up; each further one doubles it, up to an hour. */
const RETRY_MS = 5_000;
/** From so many failed look-ups on no create waits for the answer. */
const EXPECTED_TRIES = 3;

export function createLookUpOwners(deps: LookUpDeps): LookUpOwners {
  const { store, stopping } = deps;

  /** Those that are due, whose findings are still open, and that no other process has taken. The rest is forgotten. */
  async function take(id: string): Promise<readonly Stored<OwnedResource>[]> {
    const now = await store.now();
    const ids = (await store.due(OWNED_RESOURCES, now, MAX_DUE)).filter((one) => accountOf(one) === accountOf(id));
    const due = (await store.read(OWNED_RESOURCES, [...new Set([id, ...ids])])).filter((one) => one !== null);
    const [first] = due;
    if (first?.id !== id || first.doc.dueAt > now) return [];
    const near = due.filter(({ doc }) => doc.region === first.doc.region && doc.dueAt <= now).slice(0, MAX_BATCH);
    const open = await Promise.all(near.map(async (one) => ({ ...one, doc: { ...one.doc, keys: await openKeys(one.doc) } })));
    return commitEach(open, (doc) => (doc.keys.length === 0 ? null : { ...doc, dueAt: now + CLAIM_MS }));
  }

  /** A finding that has just been accepted may be known by the enricher first. */
  async function openKeys({ keys, answeredAt }: OwnedResource): Promise<OwnedResource['keys']> {
    const states = await deps.stateOf(keys);
    return keys.filter((_key, at) => (states[at] === null ? answeredAt === null : states[at]?.isOpen));
  }

  /** @returns those whose change was stored, as they are by then */
  async function commitEach(
    all: readonly Stored<OwnedResource>[],
    change: (doc: OwnedResource) => OwnedResource | null,
  ): Promise<readonly Stored<OwnedResource>[]> {
    const changed: Stored<OwnedResource>[] = [];
    for (let at = 0; at < all.length; at += MAX_WRITES) {
      const some = all.slice(at, at + MAX_WRITES).map((one) => ({ ...one, next: change(one.doc) }));
      const result = await store.commit(some.map(({ id, version, next }) => put(OWNED_RESOURCES, id, version, next)));
      if (!result.ok) continue;
      for (const [index, { id, next }] of some.entries())
        if (next !== null) changed.push({ id, doc: next, version: result.versions[index] ?? '' });
    }
    return changed;
  }

  async function answersFor(taken: readonly OwnedResource[], keys: readonly string[]): Promise<ReadonlyMap<string, Answered<Tags>>> {
    const [first] = taken;
    if (first === undefined) return new Map();
    const { accountId, region } = first;
    const nothing = new Map(taken.map(({ resource }) => [resource, { ok: true, value: {} } as const]));
    if (deps.readTags === null || keys.length === 0 || region === '') return nothing;
    const read = await deps.readTags({ accountId, region, resources: taken.map(({ resource }) => resource) }, keys);
    if (stopping.aborted) return new Map();
    await noteRefusal(store, accountId, 'role', read.ok ? null : refusalOf(read));
    if (!read.ok) return new Map(taken.map(({ resource }) => [resource, read]));
    const denied = [...read.tags.values()].find((one) => !one.ok && one.refusal.code === 'denied');
    await noteRefusal(store, accountId, 'resource-tags', denied?.ok === false ? refusalOf(denied) : null);
    return read.tags;
  }

  /** Those that nothing new is to be told of are done with; the others are due again until their findings were told. */
  async function conclude(taken: readonly Stored<OwnedResource>[], account: OwnerAccount, now: number): Promise<void> {
    const told = await commitEach(taken, (doc) => {
      const digest = toldOf(doc, account);
      const isNews = digest !== doc.told && (doc.tags !== null || doc.refusal !== null);
      const untold = isNews ? doc.keys : doc.untold;
      return { ...doc, untold, told: isNews ? digest : doc.told, dueAt: untold.length === 0 ? dueAfter(doc, now) : now + CLAIM_MS };
    });
    for (const { doc } of told) if (!stopping.aborted && doc.untold.length > 0) await tellOwner(deps, doc, account, dueAfter(doc, now));
  }

  return async (id) => {
    const keys = (await deps.rules()).ruleSet.owner?.tags ?? [];
    const account = await deps.accountClues(accountOf(id), keys);
    if (account === null) return 'paused';
    const taken = await take(id);
    const stale = taken.filter(({ doc }) => !isFresh(doc, keys, doc.dueAt - CLAIM_MS));
    const answers = await answersFor(
      stale.map(({ doc }) => doc),
      keys,
    );
    const now = await store.now();
    if (stopping.aborted) {
      await commitEach(taken, (doc) => ({ ...doc, dueAt: now }));
      return 'paused';
    }
    const after = taken.map((one) => ({ ...one, doc: answeredBy(one.doc, answers.get(one.doc.resource), keys, now) }));
    await conclude(after, account, now);
    return [...answers.values()].some((one) => !one.ok && one.refusal.code === 'throttled') ? 'paused' : 'done';
  };
}

/** Nothing is left but to tell the findings. */
function isFresh({ asked, answeredAt, untold }: OwnedResource, keys: readonly string[], now: number): boolean {
  return untold.length > 0 && answeredAt !== null && answeredAt + DAY_MS > now && keys.every((key) => asked.includes(key));
}

function answeredBy(doc: OwnedResource, answer: Answered<Tags> | undefined, asked: readonly string[], now: number): OwnedResource {
  if (answer === undefined) return doc;
  if (answer.ok) return { ...doc, asked, tags: answer.value, refusal: null, attempts: 0, answeredAt: now };
  const { code } = answer.refusal;
  if (code === 'throttled') return doc;
  const attempts = doc.attempts + 1;
  const isFinal = code === 'denied' || code === 'not-configured' || attempts >= EXPECTED_TRIES;
  return { ...doc, attempts, refusal: isFinal ? refusalOf(answer) : doc.refusal };
}

function dueAfter({ answeredAt, refusal, attempts }: OwnedResource, now: number): number {
  if (attempts === 0) return answeredAt === null ? now : Math.max(now, answeredAt + DAY_MS);
  const waitMs = refusal?.code === 'denied' || refusal?.code === 'not-configured' ? REFUSED_MS : RETRY_MS * 2 ** Math.min(attempts, 10);
  return now + Math.min(REFUSED_MS, waitMs);
}
