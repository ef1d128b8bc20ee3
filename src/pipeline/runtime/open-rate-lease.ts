import type { RateLease } from '../ports/rate-lease.ts';
import { createRateLease, type RateLeaseOptions } from './create-rate-lease.ts';
import { createSoleRate } from './create-sole-rate.ts';

/** @param isSole no other replica can work on the same store */
export function openRateLease(options: RateLeaseOptions & { readonly isSole: boolean }): RateLease {
  return options.isSole ? createSoleRate(options) : createRateLease(options);
}
