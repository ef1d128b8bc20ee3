import type { TObject, TSchema } from 'typebox';
import type { Json } from '../../findings/json.ts';
import type { Write } from './store.ts';

/** A route of the admin API that a part has: there is none while the part is off. */
export interface PartRoute {
  readonly method: 'GET' | 'DELETE';
  /** Such as `/api/v1/people/:principal`. */
  readonly path: string;
  readonly access: 'viewer' | 'operator' | 'admin';
  readonly tag: string;
  readonly summary: string;
  readonly operationId: string;
  readonly params: TObject;
  readonly query: TObject;
  readonly answer: TSchema;
  handle(asked: PartRequest): Promise<unknown>;
}

export interface PartRequest {
  /** Checked against the schema of the route. */
  readonly params: unknown;
  readonly query: unknown;
  /** The audit entry of a change, for the commit that makes it. It holds the route's path and not the request's, which may name a person. */
  audit(change: AuditedChange, now: number): Write;
}

export interface AuditedChange {
  /** Such as `people.forgotten`. */
  readonly action: string;
  readonly target: string;
  readonly before: Json;
  readonly after: Json;
}
