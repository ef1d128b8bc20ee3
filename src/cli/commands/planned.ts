import { Type } from 'typebox';

/** The answer of a bulk write's dry run. */
export const Planned = Type.Object({ count: Type.Integer() });
