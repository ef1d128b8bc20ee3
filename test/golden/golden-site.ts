import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../../src/findings/finding.ts';
import type { Json } from '../../src/findings/json.ts';
import type { ServiceEvent } from '../../src/pipeline/ports/service-event.ts';
import type { IssueTracker } from '../../src/pipeline/ports/issue-tracker.ts';
import type { Store } from '../../src/pipeline/ports/store.ts';
import { startJiraSimulator, type JiraSimulatorOptions } from '../../src/sandbox/jira-simulator.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { openRedisStore } from '../../src/store/redis-store.ts';
import { finish } from '../support/service/finish.ts';
import { startServiceParts, type ServiceParts, type TestClock } from '../support/service/service-parts.ts';
import type { Site } from '../support/service/site.ts';
import { documentsOf, recordRequests, recordStore, type RecordedStore, type SentRequest } from './recorder.ts';
import { stillClock } from './still-clock.ts';

/** Makes empty stores of one kind. */
export interface StoreMaker {
  open(clock: TestClock): Promise<Store>;
  /** Removes what was made. */
  end(): void;
}

export function embeddedStores(): StoreMaker {
  const folders: string[] = [];
  return {
    async open(clock) {
      const folder = mkdtempSync(join(tmpdir(), 'f2j-golden-'));
      folders.push(folder);
      return openEmbeddedStore(folder, clock);
    },
    end() {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param name of this and no other maker */
export function redisStores(url: string, name: string): StoreMaker {
  let made = 0;
  return {
    open() {
      made += 1;
      return openRedisStore({ url, installation: `${name}-${made}` });
    },
    end: () => undefined,
  };
}

/** A site on which everything is the same in every run, and which keeps what happens. */
export interface GoldenSite extends Site {
  /** Of the scenario's findings, in the order in which they were first told of. */
  readonly told: readonly Finding[];
  /** Tells of findings, one after the other, and lets each group come to rest. @returns the last one's group */
  emit(parts: ServiceParts, ...findings: readonly Finding[]): Promise<string>;
  /** Tells of a finding and looks at its group once. */
  look(parts: ServiceParts, finding: Finding): Promise<string>;
  /** That the parts were started on. */
  storeOf(parts: ServiceParts): Store;
  requests(): Json;
  /** In no order. */
  documents(): Json;
  serviceEvents(): Json;
  /** What is random by words that stand for it. */
  plain(data: unknown): Json;
  end(): Promise<void>;
}

/** Where issues are seen: the simulated Jira has another port each time. */
const ADDRESS = 'https://jira.example';

/** Between two findings that are told of. */
const STEP_MS = 60_000;

export async function openGoldenSite(stores: StoreMaker, options: JiraSimulatorOptions): Promise<GoldenSite> {
  const clock = stillClock();
  const jira = await startJiraSimulator({ now: clock.now, ...options });
  const random = new Map<string, string>();
  const opened: RecordedStore[] = [];
  for (let n = 0; n < 2; n += 1) {
    const store = await stores.open(clock);
    random.set(await store.identity(), 'STORE');
    opened.push(recordStore(store, random, clock.now));
  }
  const [first, second] = opened;
  if (first === undefined || second === undefined) throw new Error('There are no stores');
  const requests: SentRequest[] = [];
  const stopRecording = recordRequests(jira.url, requests);
  const started: ServiceParts[] = [];
  const storeOf = new Map<ServiceParts, Store>();
  const told = new Map<string, Finding>();

  const plain = (data: unknown): Json => {
    let text = JSON.stringify(data).replaceAll(jira.url, ADDRESS);
    for (const [word, stands] of random) text = text.replaceAll(word, stands);
    for (const { traceId } of jira.history()) text = text.replaceAll(traceId, 'TRACE');
    return JSON.parse(text);
  };

  const site: GoldenSite = {
    clock,
    jira,
    store: first.store,
    emptyStore: () => second.store,
    created: () => jira.history().filter(({ operation, done }) => operation === 'POST /issue' && done).length,
    async start(overrides = {}) {
      const wrap = overrides.wrapTracker ?? ((tracker: IssueTracker) => tracker);
      const parts = await startServiceParts({
        store: first.store,
        jira,
        clock,
        working: false,
        owner: 'golden',
        requestsPerSecond: 1e12,
        ...overrides,
        wrapTracker: (tracker) => wrap(atFixedAddress(tracker, jira.url)),
      });
      started.push(parts);
      storeOf.set(parts, overrides.store ?? first.store);
      return parts;
    },
    get told() {
      return [...told.values()];
    },
    async emit(parts, ...findings) {
      let last = '';
      for (const finding of findings) {
        const { group } = await parts.accept(finding);
        told.set(finding.key, finding);
        await finish(site, parts, group);
        clock.forward(STEP_MS);
        last = group;
      }
      return last;
    },
    async look(parts, finding) {
      const { group } = await parts.accept(finding);
      told.set(finding.key, finding);
      await parts.reconcile(group);
      return group;
    },
    storeOf: (parts) => storeOf.get(parts) ?? first.store,
    requests: () => plain(requests),
    documents: () => plain(opened.flatMap(documentsOf)),
    serviceEvents: () => plain(started.map((parts) => parts.serviceEvents.map(shown))),
    plain,
    async end() {
      for (const parts of started) await parts.stop();
      stopRecording();
      await jira.close();
      for (const { store } of opened) await store.close();
      stores.end();
    },
  };
  return site;
}

function atFixedAddress(tracker: IssueTracker, address: string): IssueTracker {
  return {
    ...tracker,
    url: (key) => tracker.url(key).replace(address, ADDRESS),
    mention(key) {
      const mention = tracker.mention(key);
      return mention.url === undefined ? mention : { ...mention, url: mention.url.replace(address, ADDRESS) };
    },
  };
}

/** An error says nothing as JSON. */
function shown(event: ServiceEvent): object {
  return event.what === 'internal-error' ? { ...event, error: event.error.message } : event;
}
