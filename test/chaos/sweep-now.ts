import { setTimeout as sleep } from 'node:timers/promises';
import { askReplica } from './ask-replica.ts';
import type { InstallationParts } from './site.ts';

const EVERY_MS = 500;
/** A sweep that takes longer is started again. */
const GIVE_UP_MS = 240_000;

/** Starts a sweep as an admin does. @returns its operation; null: the process does not answer */
export async function startSweep(address: string): Promise<string | null> {
  const { id } = await askReplica(address, 'POST', '/api/v1/sweeps', {});
  return typeof id === 'string' ? id : null;
}

/** Sweeps an installation once more. @returns whether a whole sweep, over AWS and Jira, ended in time */
export async function sweepOnce({ replicas }: InstallationParts, withinMs: number): Promise<boolean> {
  const began = performance.now();
  while (performance.now() - began < withinMs) {
    const address = replicas.map((replica) => replica.address()).find((one) => one !== null) ?? '';
    const id = await startSweep(address);
    if (id !== null && (await hasEnded(address, id))) return true;
    await sleep(EVERY_MS);
  }
  return false;
}

/** @returns whether it listed every analyzer completely */
async function hasEnded(address: string, id: string): Promise<boolean> {
  const began = performance.now();
  while (performance.now() - began < GIVE_UP_MS) {
    const { state, result } = await askReplica(address, 'GET', `/api/v1/operations/${id}`);
    if (state === 'done') {
      const { complete, of } = Object(Object(result)['aws']);
      return complete === of && of > 0;
    }
    if (state !== 'running') return false;
    await sleep(EVERY_MS);
  }
  return false;
}
