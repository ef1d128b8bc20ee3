import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { ServiceParts } from './service-parts.ts';
import type { Site } from './site.ts';

/** Reconciles the group until it waits for an admin to decide whose an issue is; the clock is set forward over every other wait. */
export async function waitsForProof(site: Site, parts: ServiceParts, group: string): Promise<GroupRecord> {
  for (let rounds = 0; rounds < 20; rounds += 1) {
    await parts.trust.advance();
    await parts.reconcile(group);
    const record = await parts.group(group);
    if (record === null) throw new Error('the group is gone');
    if (record.failure?.code === 'jira-property-unproven') return record;
    site.clock.forward(Math.max(1_000, (record.requeueAt?.time ?? 0) - site.clock.now() + 1));
  }
  throw new Error('the group never waited for proof');
}
