import { Type } from 'typebox';

/** The answer of a bulk write's dry run. */
export const Planned = Type.Object(
  { dryRun: Type.Literal(true), count: Type.Integer({ minimum: 0, description: 'How many would be changed' }) },
  { description: 'With `dryRun`: nothing was done' },
);

export const DryRun = Type.Optional(Type.Boolean({ description: 'true: only report what would be done' }));
