import type { RateHeard } from '../../../src/pipeline/ports/rate-lease.ts';

/** Answers that say nothing about the rate. */
export const UNHEARD: RateHeard = { refused: false, near: false, announced: null, passed: 0 };
