import { parseArn } from '../../findings/arn.ts';
import type { Finding, FindingKey } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import type { KnownFacts } from '../../issues/facts/facts.ts';
import type { EnrichedMember, Enricher } from '../../pipeline/ports/enricher.ts';
import type { PartPorts } from '../../pipeline/ports/part.ts';
import { MAX_WRITES, put, type Stored, type Write } from '../../pipeline/ports/store.ts';
import { OWNED_RESOURCES, OWNER_ACCOUNTS, resourceId, type OwnedResource } from './owner-records.ts';

/** Findings of a resource that are told of a new answer; more of them learn of it with their next pass. */
const MAX_KEYS = 50;
const ACCOUNT_ID = /^\d{12}$/;
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** IAM's own Region in each partition. Source: https://docs.aws.amazon.com/general/latest/gr/iam-service.html */
const IAM_REGIONS: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
};

/** Records whose owner is wanted, and answers what is known. */
export function createOwnerKnowledge({ store, rules }: Pick<PartPorts, 'store' | 'rules'>): Pick<Enricher, 'want' | 'known'> {
  async function readResources(findings: readonly Finding[]): Promise<ReadonlyMap<string, Stored<OwnedResource>>> {
    const ids = [...new Set(findings.map(idOf))];
    const found = ids.length === 0 ? [] : await store.read(OWNED_RESOURCES, ids);
    return new Map(found.flatMap((one) => (one === null ? [] : [[one.id, one] as const])));
  }

  return {
    async want(members, now) {
      const open = members.filter(isOpen).map(({ finding }) => finding);
      if (open.length === 0) return false;
      const tags = (await rules()).ruleSet.owner?.tags ?? [];
      const stored = await readResources(open);
      const writes = [...Map.groupBy(open, idOf)].flatMap(([id, findings]): Write[] => {
        const wanted = wantedBy(findings, stored.get(id)?.doc ?? null, tags, now);
        return wanted === null ? [] : [put(OWNED_RESOURCES, id, stored.get(id)?.version ?? null, wanted)];
      });
      if (writes.length === 0) return false;
      await store.commit(writes.slice(0, MAX_WRITES));
      return true;
    },

    async known(findings) {
      const resources = await readResources(findings);
      const accountIds = [...new Set([...resources.values()].map(({ doc }) => doc.accountId))];
      const read = accountIds.length === 0 ? [] : await store.read(OWNER_ACCOUNTS, accountIds);
      const accounts = new Map(read.flatMap((one) => (one === null ? [] : [[one.id, one.doc] as const])));
      return new Map(
        findings.flatMap((finding): [FindingKey, KnownFacts][] => {
          const resource = resources.get(idOf(finding))?.doc;
          if (resource === undefined) return [];
          if (resource.tags === null && resource.refusal === null) return [[finding.key, { facts: {}, awaited: true }]];
          const account = accounts.get(resource.accountId);
          const owner = { resourceTags: resource.tags ?? {}, accountTags: account?.tags ?? {}, contact: account?.contact ?? null };
          return [[finding.key, { facts: { owner }, awaited: false }]];
        }),
      );
    },
  };
}

function idOf({ accountId, resource }: Finding): string {
  return resourceId(accountId, resource);
}

/** Owners are asked for where an issue is there, or is to come. */
function isOpen({ finding, decision }: EnrichedMember): boolean {
  return decision.action === 'issue' && lifecycleOf(finding) === 'active' && ACCOUNT_ID.test(finding.accountId);
}

/** @returns null when nothing is to be written: all of these findings are known, and the answer is about these tags */
function wantedBy(findings: readonly Finding[], before: OwnedResource | null, tags: readonly string[], now: number): OwnedResource | null {
  const [finding] = findings;
  if (finding === undefined) return null;
  const keys = findings.map(({ key }) => key);
  if (before === null) {
    const { accountId, resource } = finding;
    const answer = { asked: [], tags: null, refusal: null, attempts: 0, answeredAt: null, told: null };
    return {
      accountId,
      resource,
      region: regionOf(finding),
      keys: keys.slice(0, MAX_KEYS),
      untold: [],
      ...answer,
      dueAt: now,
      wantedAt: now,
    };
  }
  const added = keys.filter((key) => !before.keys.includes(key)).slice(0, Math.max(0, MAX_KEYS - before.keys.length));
  const isAsked = before.answeredAt === null || tags.every((tag) => before.asked.includes(tag));
  if (added.length === 0 && (isAsked || before.dueAt <= now)) return null;
  return { ...before, keys: [...before.keys, ...added], ...(isAsked ? {} : { dueAt: Math.min(before.dueAt, now) }) };
}

/** Where its tags are known; empty: nowhere. */
function regionOf({ resource, region: seenIn }: Finding): string {
  const { partition = '', service, region } = parseArn(resource) ?? {};
  const place = service === 'iam' ? (IAM_REGIONS[partition] ?? '') : region || seenIn;
  return REGION.test(place) ? place : '';
}
