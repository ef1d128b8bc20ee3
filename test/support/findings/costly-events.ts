import type { JsonObject } from '../../../src/findings/json.ts';
import { externalEvent } from './finding-events.ts';
import { range } from './findings-by-number.ts';

/** An event of about 100 KB with 10,000 objects at `detail.condition.list`. */
export function eventOfManyObjects(detail: JsonObject = {}): ReturnType<typeof externalEvent> {
  return externalEvent({ detail: { ...detail, condition: { list: range(10_000).map((n) => ({ a: `${n % 10}` })) } } });
}

/** A pattern whose 3,000 alternatives each ask every object of that event: 30 million comparisons. */
export const MANY_ALTERNATIVES: JsonObject = {
  detail: { condition: { list: { $or: range(3_000).map((n) => ({ a: [`no-${n}`] })) } } },
};

/** A pattern of 2,000 wildcards, none of which fits: 2 million comparisons with the event below. */
export const MANY_WILDCARDS: JsonObject = { detail: { condition: { texts: range(2_000).map((n) => ({ wildcard: `*x${n}*y*` })) } } };

/** An event with 1,000 strings at `detail.condition.texts`. */
export function eventOfManyStrings(detail: JsonObject = {}): ReturnType<typeof externalEvent> {
  return externalEvent({ detail: { ...detail, condition: { texts: range(1_000).map((n) => `${'s3:GetObject'.repeat(8)}${n}`) } } });
}
