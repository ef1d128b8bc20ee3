import { Type, type Static } from 'typebox';
import type { AdminApp } from '../admin-app.ts';

const Liveness = Type.Object({ ok: Type.Boolean(), because: Type.String() }, { description: 'Whether work makes progress, and why' });

const Part = Type.Object({ ok: Type.Boolean(), message: Type.String() });
const Readiness = Type.Object(
  { ok: Type.Boolean(), parts: Type.Object({ store: Part, queue: Part, rules: Part, jira: Part }) },
  { description: 'Part by part. Jira is shown but does not decide: while it is away, work waits in the store' },
);
const Metrics = Type.String({ description: "Prometheus' text format 0.0.4" });

export type Liveness = Static<typeof Liveness>;
export type Readiness = Static<typeof Readiness>;

export interface HealthRoutesDeps {
  /** Whether work makes progress. */
  readonly liveness: () => Liveness;
  /** Whether messages can be accepted. */
  readonly readiness: () => Promise<Readiness>;
  /** Prometheus' text format 0.0.4. */
  readonly metrics: () => Promise<string>;
}

/** The routes for orchestrators and Prometheus, without a token. */
export function addHealthRoutes(app: AdminApp, { liveness, readiness, metrics }: HealthRoutesDeps): void {
  const tags = ['health'];
  const config = { access: 'anyone', isProbe: true } as const;

  const live = { tags, summary: 'Whether the process makes progress', operationId: 'livez', response: { 200: Liveness, 503: Liveness } };
  app.get('/livez', { schema: live, config }, async (_request, reply) => {
    const answer = liveness();
    return reply.code(answer.ok ? 200 : 503).send(answer);
  });

  const ready = { tags, summary: 'Whether messages can be accepted', operationId: 'readyz', response: { 200: Readiness, 503: Readiness } };
  app.get('/readyz', { schema: ready, config }, async (_request, reply) => {
    const answer = await readiness();
    return reply.code(answer.ok ? 200 : 503).send(answer);
  });

  const figures = { tags, summary: 'Metrics for Prometheus', operationId: 'metrics', produces: ['text/plain'], response: { 200: Metrics } };
  app.get('/metrics', { schema: figures, config }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
  );
}
