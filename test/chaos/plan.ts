import { PERSON_ACCOUNT, SERVICE_ACCOUNT, type SandboxAccount } from '../../src/sandbox/jira/sandbox-accounts.ts';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
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
  /** The run begins when the services trust their stores; else its first blows and messages meet services that still read back. */
  readonly beginsTrusted: boolean;
  /** Time until Jira's search shows a change. */
  readonly indexLagMs: number;
  /** Time until a read of issues by their numbers (bulk fetch) shows a change. */
  readonly bulkFetchLagMs: number;
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
  /** Per installation. */
  readonly findings: number;
  readonly blows: number;
  readonly lengthMs: number;
  readonly mostLagMs: number;
  readonly callsPerSecond: number;
}

const LAGS_MS = [0, 1_000, 3_000, 6_000, 12_000, 20_000];
/** In one of this many seeds, bulk fetch lags as search does: the service must not rely on its being ahead. */
const BULK_FETCH_LAGS_EVERY = 3;
/** Reading back takes as long as the index lags, which may be longer than the whole run: then there is no issue to strike, and no work. */
const BEGINS_TRUSTED_EVERY = 2;
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
  const planned = planBlows(random, {
    store,
    replicas: installations.reduce((sum, { replicas }) => sum + replicas, 0),
    count: blows,
    lengthMs,
  });
  // An emptied store of a sole process looks like a first start while search shows no issue yet: only a read by numbers detects it.
  const restsOnNumbers = store === 'embedded' && planned.some(({ kind }) => kind === 'store-emptied');
  return {
    seed,
    store,
    installations,
    history: planHistory(seededRandom(seed * 104_729), { installations: names, findings, lengthMs }),
    blows: planned,
    lengthMs,
    beginsTrusted: seed % BEGINS_TRUSTED_EVERY === 0,
    indexLagMs,
    bulkFetchLagMs: seed % BULK_FETCH_LAGS_EVERY === 0 && !restsOnNumbers ? indexLagMs : 0,
    latencyMs,
    callsPerSecond,
  };
}

/** The plan as lines of text. */
export function planWords({ installations, history, blows, indexLagMs, bulkFetchLagMs, latencyMs }: Plan): readonly string[] {
  return [
    `${history.findings} findings, ${history.sends.length} messages; Jira's index lags ${indexLagMs} ms, its bulk fetch ${bulkFetchLagMs} ms, its answers ${latencyMs} ms`,
    `installations: ${installations.map(({ name, account, replicas }) => `${name} (${replicas} processes, ${account.displayName})`).join(', ')}`,
    ...blows.map((blow) => blowWords(blow)),
  ];
}
