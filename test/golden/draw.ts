import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';

/** Draws the same for the same seed. */
export interface Draw {
  /** 0 up to, not including, `count`. */
  below(count: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function drawFrom(seed: number): Draw {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  return {
    below,
    chance: (share) => random() < share,
    pick: (from) => {
      const one = from[below(from.length)];
      if (one === undefined) throw new Error('There is nothing to pick from');
      return one;
    },
  };
}
