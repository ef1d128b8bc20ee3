import type { Part, PartPorts, RunningPart } from '../../pipeline/ports/part.ts';
import { put } from '../../pipeline/ports/store.ts';
import { createAccountClues } from './account-clues.ts';
import { createDiagnoseOwner } from './diagnose-owner.ts';
import { createLookUpOwners } from './look-up-owners.ts';
import { createReadResourceTags } from './member-calls.ts';
import { createAccountCalls } from './owner-calls.ts';
import { createOwnerKnowledge } from './owner-enricher.ts';
import { accountOf, OWNED_RESOURCES, OWNER_ACCOUNTS } from './owner-records.ts';
import { createUnownedRoute } from './unowned-route.ts';

const NAME = 'owner';
const ROLE = 'OWNER_ROLE_NAME';

/** AWS names no limit for these calls. The rate is usual for its management APIs, and adapts. */
const PER_SECOND = 5;
const TIMEOUT_MS = 10_000;

/** Whose a resource is, by tags and contacts. */
export const part: Part = {
  name: NAME,
  settings: [ROLE],
  permissions: [
    'sts:AssumeRole',
    'tag:GetResources',
    'iam:ListRoleTags',
    'iam:ListUserTags',
    'organizations:ListTagsForResource',
    'account:GetAlternateContact',
  ],
  collections: [OWNED_RESOURCES, OWNER_ACCOUNTS],
  start: (ports) => startOwner(ports, TIMEOUT_MS),
};

/** @param timeoutMs how long one call may take, ms */
export function startOwner(ports: PartPorts, timeoutMs: number): RunningPart {
  const { store, aws, settings } = ports;
  const stop = new AbortController();
  const stopping = stop.signal;
  const limiter = ports.limiter(NAME, PER_SECOND);
  const roleName = settings[ROLE] ?? null;
  const calls = { aws, limiter, stopping, timeoutMs };
  const accountClues = createAccountClues({ store, calls: createAccountCalls(calls), stopping });
  const readTags = roleName === null ? null : createReadResourceTags(calls, aws.memberRole(roleName));
  const follow = createLookUpOwners({ ...ports, accountClues, readTags, stopping });
  let following: Promise<unknown> = Promise.resolve();

  /** An account that nothing was looked up in for long is forgotten, and its contact with it. */
  async function forget(accountId: string): Promise<'done'> {
    const [[stored], now] = await Promise.all([store.read(OWNER_ACCOUNTS, [accountId]), store.now()]);
    if (stored && stored.doc.forgetAt <= now) await store.commit([put(OWNER_ACCOUNTS, accountId, stored.version, null)]);
    return 'done';
  }

  return {
    name: NAME,
    enricher: {
      name: NAME,
      ...createOwnerKnowledge(ports),
      start() {
        const lookUps = { name: NAME, collection: OWNED_RESOURCES, laneOf: accountOf, limiter, follow };
        const forgetting = { name: NAME, collection: OWNER_ACCOUNTS, laneOf: () => 'forget', limiter, follow: forget };
        following = Promise.all([ports.followDue(lookUps, stopping), ports.followDue(forgetting, stopping)]);
      },
      async stop() {
        stop.abort();
        await following;
      },
    },
    diagnose: createDiagnoseOwner({ store, roleName }),
    routes: [createUnownedRoute(ports)],
  };
}
