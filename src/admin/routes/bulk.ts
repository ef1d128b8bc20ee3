import { Type } from 'typebox';

/** How a bulk write answers where it is only asked what it would do. */
export const Planned = Type.Object(
  { dryRun: Type.Literal(true), count: Type.Integer({ minimum: 0, description: 'What it would be done to' }) },
  { description: 'With `dryRun`: nothing was done' },
);

export const DryRun = Type.Optional(Type.Boolean({ description: 'true: only say what would be done' }));
