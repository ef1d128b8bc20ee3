import { Type, type Static } from 'typebox';
import { DETAILS, FINDINGS } from '../pipeline/collections.ts';
import type { Store } from '../pipeline/store.ts';
import type { AdminApp } from './admin-app.ts';
import { STATES } from './mapping.ts';

/** What the caller knows of the running service. */
export interface StatusFacts {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly mode: 'live' | 'observe';
  /** Groups that wait for a look. */
  readonly queueDepth: number;
  /** The SQS queues; null where one does not answer. */
  readonly queues: readonly { readonly url: string; readonly attributes: { readonly waiting: number; readonly inFlight: number } | null }[];
  readonly governor: {
    readonly inFlight: number;
    readonly waiting: number;
    readonly callsPerSecond: { readonly share: number; readonly of: number };
    readonly paused: readonly { readonly scope: 'endpoint' | 'issue' | 'all'; readonly of: string | null; readonly leftMs: number }[];
  };
  readonly store: { readonly kind: 'redis' | 'embedded'; readonly durability: string; readonly trusted: boolean };
}

const Count = Type.Integer({ minimum: 0 });
const OrUnknown = Type.Union([Count, Type.Null()], { description: 'null: the queue does not answer' });

const StateCounts = Type.Record(Type.String(), Count, {
  propertyNames: { enum: STATES },
  description: 'Findings by the state of their mapping',
});

const Status = Type.Object(
  {
    version: Type.String(),
    startedAt: Type.String({ format: 'date-time' }),
    mode: Type.Enum(['live', 'observe'], { description: '`observe`: nothing is written to Jira' }),
    mappings: StateCounts,
    queueDepth: Type.Integer({ minimum: 0, description: 'Groups that wait for a look' }),
    queues: Type.Array(Type.Object({ url: Type.String(), waiting: OrUnknown, inFlight: OrUnknown }), {
      description: 'Messages in the SQS queues, about',
    }),
    details: Type.Object(
      { wanted: Count, missing: Count },
      { description: 'Findings that AWS is to be asked about, and those for which it gave no answer; both are tried on' },
    ),
    governor: Type.Object(
      {
        inFlight: Count,
        waiting: Count,
        callsPerSecond: Type.Object(
          { share: Type.Number({ minimum: 0 }), of: Type.Number({ minimum: 0 }) },
          { description: 'What this replica may use now of what all may use; 0 while it asks for nothing' },
        ),
        paused: Type.Array(
          Type.Object({ scope: Type.Enum(['endpoint', 'issue', 'all']), of: Type.Union([Type.String(), Type.Null()]), leftMs: Count }),
          { description: 'What Jira asked to be left alone with' },
        ),
      },
      { description: 'Calls to Jira' },
    ),
    store: Type.Object({ kind: Type.Enum(['redis', 'embedded']), durability: Type.String(), trusted: Type.Boolean() }),
  },
  { description: 'How the service is doing' },
);

export interface StatusRoutesDeps {
  readonly store: Store;
  readonly version: string;
  readonly status: () => Promise<StatusFacts>;
}

/** How the service is doing, on one page. */
export function addStatusRoutes(app: AdminApp, { store, version, status }: StatusRoutesDeps): void {
  const schema = { tags: ['status'], summary: 'How the service is doing', operationId: 'getStatus', response: { 200: Status } };
  app.get('/api/v1/status', { schema, config: { access: 'viewer' } }, async (): Promise<Static<typeof Status>> => {
    const [facts, mappings, details] = await Promise.all([status(), countStates(store), countDetails(store)]);
    const { startedAt, mode, queueDepth } = facts;
    const governor = { ...facts.governor, paused: [...facts.governor.paused] };
    const queues = facts.queues.map(({ url, attributes }) => ({
      url,
      waiting: attributes?.waiting ?? null,
      inFlight: attributes?.inFlight ?? null,
    }));
    return {
      version,
      startedAt: new Date(startedAt).toISOString(),
      mode,
      mappings,
      queueDepth,
      queues,
      details,
      governor,
      store: facts.store,
    };
  });
}

async function countDetails(store: Store): Promise<{ wanted: number; missing: number }> {
  const [wanted = 0, missing = 0] = await store.counts(DETAILS, ['state:wanted', 'state:missing']);
  return { wanted, missing };
}

async function countStates(store: Store): Promise<Static<typeof StateCounts>> {
  const counts = await store.counts(
    FINDINGS,
    STATES.map((state) => `state:${state}`),
  );
  return Object.fromEntries(STATES.map((state, index) => [state, counts[index] ?? 0]));
}
