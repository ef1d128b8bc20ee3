import type { ServiceParts } from './service-parts.ts';
import type { Site } from './site.ts';

/** Lets time pass until our issues have been read back. */
export async function readBack({ clock }: Pick<Site, 'clock'>, { trust }: Pick<ServiceParts, 'trust'>): Promise<void> {
  for (let passes = 0; !(await trust.isTrusted()); passes += 1) {
    if (passes > 10) throw new Error('the store is never trusted');
    clock.forward(31_000);
    await trust.advance();
  }
}
