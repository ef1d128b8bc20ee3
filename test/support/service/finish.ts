import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { ServiceParts } from './service-parts.ts';
import type { Site } from './site.ts';

/** Reconciles the group until it needs no further pass; the clock is set forward over every wait. */
export async function finish(site: Site, parts: ServiceParts, group: string): Promise<GroupRecord> {
  for (let rounds = 0; rounds < 60; rounds += 1) {
    await parts.trust.advance();
    await parts.reconcile(group);
    const record = await parts.group(group);
    if (record === null) throw new Error('the group is gone');
    if (record.requeueAt === null && record.observedGeneration === record.generation) return record;
    site.clock.forward(Math.max(1_000, (record.requeueAt?.time ?? 0) - site.clock.now() + 1));
  }
  throw new Error('the group never came to rest');
}
