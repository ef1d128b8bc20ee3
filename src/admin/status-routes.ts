import { Type, type Static } from 'typebox';
import { FINDINGS } from '../pipeline/collections.ts';
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
  readonly governor: { readonly inFlight: number; readonly waiting: number; readonly pausedForMs: number };
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
    governor: Type.Object(
      { inFlight: Count, waiting: Count, pausedForMs: Count },
      { description: 'Calls to Jira; paused: as Jira asked to be left alone' },
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
    const [facts, mappings] = await Promise.all([status(), countStates(store)]);
    const { startedAt, mode, queueDepth, governor } = facts;
    const queues = facts.queues.map(({ url, attributes }) => ({
      url,
      waiting: attributes?.waiting ?? null,
      inFlight: attributes?.inFlight ?? null,
    }));
    return { version, startedAt: new Date(startedAt).toISOString(), mode, mappings, queueDepth, queues, governor, store: facts.store };
  });
}

async function countStates(store: Store): Promise<Static<typeof StateCounts>> {
  const counts = await store.counts(
    FINDINGS,
    STATES.map((state) => `state:${state}`),
  );
  return Object.fromEntries(STATES.map((state, index) => [state, counts[index] ?? 0]));
}
