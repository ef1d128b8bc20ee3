/** Steps of an octave; a body counts for at most a quarter more than it has. */
const STEPS = 4;
/** Smaller bodies count as much: each is a document with its index. */
const SMALLEST = 1_024;
/** A body is cut at 1,048,576 characters of at most three bytes each. */
const LARGEST = 4 * 1_048_576;

/**
 * The bytes that a kept body counts for, rounded up to one of a few values: so many documents of each value are counted by their terms, and
 * no sum has to be kept right by all who add and remove them.
 */
export function countedBytes(body: string): number {
  const bytes = Math.max(SMALLEST, Buffer.byteLength(body));
  const step = 2 ** Math.floor(Math.log2(bytes)) / STEPS;
  return Math.ceil(bytes / step) * step;
}

/** Every value of `countedBytes`. */
export const COUNTED_BYTES: readonly number[] = valuesUpTo(LARGEST);

function valuesUpTo(largest: number): readonly number[] {
  const values: number[] = [];
  for (let octave = SMALLEST; octave <= largest; octave *= 2) {
    for (let step = 0; step < STEPS; step += 1) values.push(octave + (octave * step) / STEPS);
  }
  return values;
}
