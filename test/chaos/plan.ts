import { PERSON_ACCOUNT, SERVICE_ACCOUNT, type SandboxAccount } from '../../src/sandbox/sandbox-accounts.ts';
import { seededRandom } from '../../src/sandbox/seeded-random.ts';
import { blowWords, planBlows, type Blow, type StoreKind } from './blows.ts';
import { planHistory, type FindingHistory } from './finding-history.ts';

/** Everything that a seed decides. The same seed gives the same plan; how the processes interleave is up to the machine. */
export interface Plan {
  readonly seed: number;
  readonly store: StoreKind;
  readonly installations: readonly PlannedInstallation[];
  readonly history: FindingHistory;
  readonly blows: readonly Blow[];
  readonly lengthMs: number;
  /** How long Jira's search does not know of a change. */
  readonly indexLagMs: number;
  readonly latencyMs: number;
  /** `JIRA_REQUESTS_PER_SECOND` of each installation. */
  readonly callsPerSecond: number;
}

export interface PlannedInstallation {
  readonly name: string;
  readonly account: SandboxAccount;
  readonly replicas: number;
}

export interface PlanOptions {
  readonly seed: number;
  readonly store: StoreKind;
  /** Of each installation. */
  readonly findings: number;
  readonly blows: number;
  readonly lengthMs: number;
  readonly mostLagMs: number;
  readonly callsPerSecond: number;
}

const LAGS_MS = [0, 1_000, 3_000, 6_000, 12_000, 20_000];
const TWO_INSTALLATIONS = 0.3;
const REPLICAS = { embedded: 1, redis: 3 } as const;

export function planRun({ seed, store, findings, blows, lengthMs, mostLagMs, callsPerSecond }: PlanOptions): Plan {
  const random = seededRandom(seed * 7_919);
  const lags = LAGS_MS.filter((lag) => lag <= mostLagMs);
  const indexLagMs = lags[Math.floor(random() * lags.length)] ?? 0;
  const latencyMs = Math.round(10 + random() * 200);
  const installations: PlannedInstallation[] = [{ name: 'default', account: SERVICE_ACCOUNT, replicas: REPLICAS[store] }];
  if (random() < TWO_INSTALLATIONS)
    installations.push({ name: 'second', account: random() < 0.5 ? SERVICE_ACCOUNT : PERSON_ACCOUNT, replicas: 1 });
  const names = installations.map(({ name }) => name);
  return {
    seed,
    store,
    installations,
    history: planHistory(seededRandom(seed * 104_729), { installations: names, findings, lengthMs }),
    blows: planBlows(random, { store, replicas: installations.reduce((sum, { replicas }) => sum + replicas, 0), count: blows, lengthMs }),
    lengthMs,
    indexLagMs,
    latencyMs,
    callsPerSecond,
  };
}

/** The plan in words, a line each. */
export function planWords({ installations, history, blows, indexLagMs, latencyMs }: Plan): readonly string[] {
  return [
    `${history.findings} findings, ${history.sends.length} messages; Jira's index lags ${indexLagMs} ms, its answers ${latencyMs} ms`,
    `installations: ${installations.map(({ name, account, replicas }) => `${name} (${replicas} processes, ${account.displayName})`).join(', ')}`,
    ...blows.map((blow) => blowWords(blow)),
  ];
}
