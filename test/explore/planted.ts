import type { GroupRecord } from '../../src/issues/group-record.ts';
import type { CommitResult, Store, Write } from '../../src/pipeline/ports/store.ts';
import { FINDINGS } from '../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import type { Planted } from './model.ts';
import { NO_FAULTS, SCENARIOS, type Scenario } from './scenarios.ts';
import type { Faults } from './world.ts';

/** A fault of the service, with bounds that are wide enough to find it, and the promise that it breaks. */
export interface PlantedFault {
  readonly name: string;
  readonly planted: Planted;
  readonly scenario: Scenario;
  readonly faults: Faults;
  readonly breaks: string;
}

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  {
    name: 'the version that was read is not compared with a commit',
    planted: { store: withoutVersions },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, preemptions: 1 },
    breaks: 'no uncertain create is sent again before the evidence is in',
  },
  {
    name: 'an unknown outcome of a create is taken for a refusal',
    planted: {
      tracker: (tracker) => ({
        ...tracker,
        async create(ready, marker, sendBy) {
          const outcome = await tracker.create(ready, marker, sendBy);
          return outcome.outcome === 'uncertain' ? { ...outcome, outcome: 'not-sent' } : outcome;
        },
      }),
    },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, lostAnswers: 1 },
    breaks: 'no uncertain create is sent again before the evidence is in',
  },
  {
    name: 'a create that is found in `sending` is sent again without a lookup',
    planted: { store: (store) => changing(store, (record) => withPhase(record, 'uncertain', 'reserved')) },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, deaths: 1 },
    breaks: 'no uncertain create is sent again before the evidence is in',
  },
  {
    name: 'two lookups suffice, however close they are',
    planted: { windowMs: 0 },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, lostAnswers: 1 },
    breaks: 'no uncertain create is sent again before the evidence is in',
  },
  {
    name: 'a lookup that failed counts as one that found nothing',
    planted: {
      tracker: (tracker) => ({ ...tracker, lookup: async (question) => ({ ...(await tracker.lookup(question)), valid: true }) }),
    },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, lostAnswers: 2 },
    breaks: 'no uncertain create is sent again before the evidence is in',
  },
  {
    name: 'the index of Jira lags longer than the window',
    planted: { indexLagMs: 60_000 },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, lostAnswers: 1 },
    breaks: 'a finding has at most one issue',
  },
  {
    name: 'the claim of a create is acknowledged, and not written',
    planted: {
      store: (store) => acknowledging(store, ({ intent, issue }) => intent?.phase === 'sending' && issue === null),
    },
    scenario: SCENARIOS.opens,
    faults: NO_FAULTS,
    breaks: 'no create is sent that is not written down before',
  },
  {
    name: 'a process sends with a claim of any age',
    planted: { tracker: (tracker) => ({ ...tracker, create: (ready, marker) => tracker.create(ready, marker, Infinity) }) },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, stops: 1 },
    breaks: 'a finding has at most one issue',
  },
  {
    name: 'a transition is not written down',
    planted: { store: (store) => changing(store, (record) => ({ ...record, transition: null })) },
    scenario: SCENARIOS.ends,
    faults: NO_FAULTS,
    breaks: 'no transition is sent that is not written down before',
  },
  {
    name: 'a failed transition is taken for done',
    planted: {
      tracker: (tracker) => ({
        ...tracker,
        async close(issue, target) {
          const outcome = await tracker.close(issue, target);
          const done = { outcome: 'already-there', issue, status: { name: 'Done', category: 'done' } } as const;
          return outcome.outcome === 'failed' ? done : outcome;
        },
      }),
    },
    scenario: SCENARIOS.ends,
    faults: { ...NO_FAULTS, lostAnswers: 1 },
    breaks: 'the issue is on the side of its finding',
  },
  {
    name: 'a request for a pass counts as dealt with when its pass begins',
    planted: { store: (store) => changing(store, (record) => ({ ...record, observedGeneration: record.generation })) },
    scenario: SCENARIOS.opens,
    faults: { ...NO_FAULTS, deaths: 1 },
    breaks: 'the record knows the issue',
  },
];

/** Commits against whatever is there now. */
function withoutVersions(store: Store): Store {
  async function current({ collection, id }: Write): Promise<string | null> {
    const [stored] = collection === GROUPS.name ? await store.read(GROUPS, [id]) : await store.read(FINDINGS, [id]);
    return stored?.version ?? null;
  }
  return {
    ...store,
    async commit(writes) {
      const forced: Write[] = [];
      for (const write of writes) forced.push({ ...write, expected: await current(write) });
      return store.commit(forced);
    },
  };
}

/** Writes another record of the group than it is given. */
function changing(store: Store, change: (record: GroupRecord) => GroupRecord): Store {
  return {
    ...store,
    commit: (writes) =>
      store.commit(
        writes.map((write) => {
          const record = recordIn(write);
          return record === null || write.becomes === null
            ? write
            : { ...write, becomes: { ...write.becomes, json: JSON.stringify(change(record)) } };
        }),
      ),
  };
}

function withPhase(record: GroupRecord, from: string, to: 'reserved'): GroupRecord {
  return record.intent?.phase === from ? { ...record, intent: { ...record.intent, phase: to } } : record;
}

/** Says that it has written what it has not. */
function acknowledging(store: Store, isIt: (record: GroupRecord) => boolean): Store {
  return {
    ...store,
    async commit(writes): Promise<CommitResult> {
      const isLost = writes.some((write) => {
        const record = recordIn(write);
        return record !== null && isIt(record);
      });
      return isLost ? { ok: true, versions: writes.map(({ expected }) => expected) } : store.commit(writes);
    },
  };
}

function recordIn({ collection, becomes }: Write): GroupRecord | null {
  return collection === GROUPS.name && becomes !== null ? JSON.parse(becomes.json) : null;
}
