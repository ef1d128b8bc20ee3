import { Type, type Static } from 'typebox';

const Count = Type.Integer();
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

/** The status of the service, as far as f2j shows it. */
export const Status = Type.Object({
  version: Type.String(),
  startedAt: Type.String(),
  mode: Type.String(),
  mappings: Type.Record(Type.String(), Count),
  issues: Type.Object({ open: Count, closed: Count, deleted: Count }),
  limits: Type.Array(Type.Object({ kind: Type.String(), held: Count, roomAt: OrNull(Type.String()) })),
  failures: Count,
  deadLetters: Count,
  pauses: Type.Array(Type.String()),
  queueDepth: Count,
  lagMs: Count,
  lastSweep: OrNull(Type.Object({ at: Type.String(), found: Count, restored: Count, duplicatesClosed: Count })),
  lastFindingsSweep: OrNull(Type.Object({ at: Type.String(), listed: Count, added: Count, changed: Count, ended: Count, gone: Count })),
  analyzers: Type.Array(Type.Object({ analyzerArn: Type.String() })),
  coverage: Type.Object({ warnings: Type.Array(Type.Object({ code: Type.String(), message: Type.String(), advice: Type.String() })) }),
  queues: Type.Array(Type.Object({ url: Type.String(), waiting: OrNull(Count), inFlight: OrNull(Count) })),
  governor: Type.Object({
    callsPerSecond: Type.Object({ share: Type.Number(), of: Type.Number() }),
    retryAfterWindows: Type.Array(Type.Object({ scope: Type.String(), of: OrNull(Type.String()), leftMs: Count })),
  }),
  jira: Type.Object({ token: Type.String(), message: Type.String() }),
  store: Type.Object({ kind: Type.String(), durability: Type.String(), trusted: Type.Boolean() }),
});

export type Status = Static<typeof Status>;
