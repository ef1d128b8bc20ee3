import { setTimeout as sleep } from 'node:timers/promises';
import { askReplica } from './ask-replica.ts';
import type { ChaosSite, InstallationParts } from './site.ts';

/** Issues an hour: fewer than any run has. */
const SMALL = { backlogPerHour: 1, livePerHour: 2 };
/** Time limit for saving rules, ms. */
const CHANGE_MS = 10_000;
const MAX_TRIES = 20;
const AGAIN_MS = 1_000;

/** Makes the limits of openings small for a while. Before they end, an admin may release what they hold. @returns whether any were set */
export async function limitForAWhile(site: ChaosSite, forMs: number, random: () => number): Promise<boolean> {
  const releases = random() < 0.5;
  const isSet = await Promise.all(site.parts.map(setSmall));
  await sleep(forMs);
  if (releases) for (const part of site.parts) await askReplica(addressOf(part), 'POST', '/api/v1/mappings/release', { filter: {} });
  await liftLimits(site);
  return isSet.includes(true);
}

/** A process that is killed, frozen or without its store takes nothing: the admin tries again. */
async function setSmall(part: InstallationParts): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    if (await setLimits(part, SMALL)) return true;
    await sleep(AGAIN_MS);
  }
  return false;
}

/** Turns limits off where there are any. A process that is away, or a save that another one outran, leaves them: it has to be called until it is done. */
export async function liftLimits({ parts }: ChaosSite): Promise<void> {
  for (const part of parts) {
    const { limits } = await askReplica(addressOf(part), 'GET', '/api/v1/status');
    if (Array.isArray(limits) && limits.length > 0) await setLimits(part, 'off');
  }
}

async function setLimits(part: InstallationParts, limits: typeof SMALL | 'off'): Promise<boolean> {
  const rules = `${addressOf(part)}/api/v1/rules`;
  const signal = AbortSignal.timeout(CHANGE_MS);
  try {
    const read = await fetch(rules, { signal });
    if (!read.ok) return false;
    const body = JSON.stringify({ ...Object(await read.json()), limits });
    const headers = { 'content-type': 'application/json', 'if-match': read.headers.get('etag') ?? '' };
    // `force` accepts the errors of the preflight: Jira may be away.
    return (await fetch(`${rules}?force=true`, { method: 'PUT', headers, body, signal })).ok;
  } catch {
    return false;
  }
}

function addressOf({ replicas }: InstallationParts): string {
  return replicas.map((replica) => replica.address()).find((one) => one !== null) ?? '';
}
