import type { Json } from '../../findings/json.ts';
import type { PauseScope } from '../../issues/pause.ts';
import type { Collection } from '../ports/store.ts';
import type { OperationRecord } from './operation-record.ts';

/** A pause: while it lasts, nothing is written to Jira for the groups in its scope. */
export interface PauseRecord {
  readonly scope: PauseScope;
  /** Who paused it. */
  readonly by: string;
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
  /** When it ends by itself; store's clock, epoch ms. Absent: an admin lifts it. */
  readonly until?: number;
}

/** By scope; due when it ends. */
export const PAUSES: Collection<PauseRecord> = {
  name: 'pauses',
  terms: () => [],
  at: ({ since }) => since,
  due: ({ until }) => until ?? null,
  fields: { scope: 'string', by: 'string', reason: 'string', since: 'number' },
};

/** Ms without a heartbeat after which an operation's owner counts as dead. */
const OPERATION_DEAD_MS = 30_000;

/** How long an ended operation can be read. */
const OPERATION_KEPT_MS = 7 * 24 * 60 * 60_000;

/** By random id; due when another process may take it over, or when it may be forgotten. */
export const OPERATIONS: Collection<OperationRecord> = {
  name: 'operations',
  terms: ({ kind, state }) => [`kind:${kind}`, `state:${state}`],
  at: ({ startedAt }) => startedAt,
  due: ({ heartbeatAt, endedAt }) => (endedAt === null ? heartbeatAt + OPERATION_DEAD_MS : endedAt + OPERATION_KEPT_MS),
  fields: {
    kind: 'string',
    state: 'string',
    owner: 'string',
    startedBy: 'string',
    heartbeatAt: 'number',
    startedAt: 'number',
    endedAt: 'number or null',
  },
};

/** A change by an admin or by the rules file. Written with the change, never changed, and forgotten after the time of `RETENTION_DAYS`. */
export interface AuditRecord {
  /** Store's clock, epoch ms. */
  readonly at: number;
  /** Name of the token; `local` where none is needed, `rules-file` for the rules file. */
  readonly actor: string;
  /** The action, such as `rules.saved`. */
  readonly action: string;
  /** The path of the request, without its query. */
  readonly path: string;
  /** The changed thing, such as a rule's id or a finding's key. */
  readonly target: string;
  /** The state before and after, as far as it changed; null: none. */
  readonly before: Json;
  readonly after: Json;
  /** As in the answer's `instance` and the log. */
  readonly requestId: string;
}

/** By random id. */
export const AUDIT: Collection<AuditRecord> = {
  name: 'audit',
  terms: ({ actor, action, path, target }) => [`actor:${actor}`, `action:${action}`, `path:${path}`, `target:${target}`],
  at: ({ at }) => at,
  due: () => null,
  fields: { at: 'number', actor: 'string', action: 'string', path: 'string', target: 'string' },
};

/** The answer to a request with an `Idempotency-Key`, to be repeated. */
export interface IdempotencyRecord {
  /** sha256 of the request. */
  readonly request: string;
  readonly status: number;
  /** The `Location` header; null: none. */
  readonly location: string | null;
  readonly body: Json;
  /** Store's clock, epoch ms. */
  readonly at: number;
}

/** How long an `Idempotency-Key` is known. */
const IDEMPOTENCY_KEPT_MS = 24 * 60 * 60_000;

/** By hash of the caller and the key; due when it may be forgotten. */
export const IDEMPOTENCY: Collection<IdempotencyRecord> = {
  name: 'idempotency',
  terms: () => [],
  at: ({ at }) => at,
  due: ({ at }) => at + IDEMPOTENCY_KEPT_MS,
  fields: { request: 'string', status: 'number', at: 'number' },
};
