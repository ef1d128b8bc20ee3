import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Replica } from '../chaos/replica.ts';

/** What the probe of a replica says: 200, 503, or nothing. */
type Readiness = 'ready' | 'red' | 'silent';

/** Probes replicas as an orchestrator does, only more often. */
export interface ReadinessWatch {
  /** Whether the last probe of each replica said so. */
  all(readiness: Readiness): boolean;
  /** Whether the last probe of any replica said so. */
  any(readiness: Readiness): boolean;
  /** Whether the last probe of this one said so. */
  is(replica: Replica, readiness: Readiness): boolean;
  /** Probes one more replica. */
  add(replica: Replica): void;
  /** Probes that said ready since `forgetGreens`. */
  greens(): number;
  forgetGreens(): void;
  stop(): void;
}

const EVERY_MS = 100;
const ANSWER_MS = 5_000;

export function watchReadiness(first: readonly Replica[]): ReadinessWatch {
  const replicas: Replica[] = [];
  const last = new Map<string, Readiness>();
  const stopping = new AbortController();
  let greens = 0;

  async function watch(replica: Replica): Promise<void> {
    while (!stopping.signal.aborted) {
      const readiness = await probe(replica.address());
      last.set(replica.name, readiness);
      if (readiness === 'ready') greens += 1;
      await sleep(EVERY_MS);
    }
  }

  function add(replica: Replica): void {
    replicas.push(replica);
    void watch(replica);
  }

  for (const replica of first) add(replica);
  return {
    all: (readiness) => replicas.every(({ name }) => last.get(name) === readiness),
    any: (readiness) => replicas.some(({ name }) => last.get(name) === readiness),
    is: ({ name }, readiness) => last.get(name) === readiness,
    add,
    greens: () => greens,
    forgetGreens() {
      greens = 0;
    },
    stop: () => stopping.abort(),
  };
}

/** Each probe has a connection of its own, so that none is left over when the replica stops. */
async function probe(address: string | null): Promise<Readiness> {
  if (address === null) return 'silent';
  try {
    const request = get(`${address}/readyz`, { agent: false, signal: AbortSignal.timeout(ANSWER_MS) });
    const [answer]: IncomingMessage[] = await once(request, 'response');
    answer?.resume();
    return answer?.statusCode === 200 ? 'ready' : 'red';
  } catch {
    return 'silent';
  }
}
