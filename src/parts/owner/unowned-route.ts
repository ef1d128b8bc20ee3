import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ownerOf } from '../../rules/account-map.ts';
import type { PartPorts } from '../../pipeline/ports/part.ts';
import type { PartRoute } from '../../pipeline/ports/part-route.ts';
import type { Collection, Page, Stored } from '../../pipeline/ports/store.ts';
import { OWNED_RESOURCES, OWNER_ACCOUNTS, type OwnedResource, type OwnerAccount } from './owner-records.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

/** A resource or an account whose owner no source knows. */
const Unowned = Type.Object({
  kind: Type.Enum(['resource', 'account']),
  accountId: Type.String(),
  resource: OrNull(Type.String({ description: 'ARN; null: the account itself' })),
  resourceType: OrNull(Type.String()),
  answeredAt: OrNull(Type.String({ format: 'date-time', description: 'When AWS answered last; null: it has not' })),
  problem: OrNull(
    Type.Object({ code: Type.String(), message: Type.String() }, { description: 'Why its tags are not known; null: it has none' }),
  ),
});
type Unowned = Static<typeof Unowned>;

const Answer = Type.Object({ items: Type.Array(Unowned), nextCursor: OrNull(Type.String()) });

const Query = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['resource', 'account'], { description: 'Default: resource' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100, description: 'Items of a page; a page may have fewer' })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2048, description: '`nextCursor` of the page before' })),
  },
  { additionalProperties: false },
);
const query = Compile(Query);

/** `GET /api/v1/owners` */
export function createUnownedRoute({ store, stateOf, rules }: Pick<PartPorts, 'store' | 'stateOf' | 'rules'>): PartRoute {
  async function resourcesIn({ items }: Page<OwnedResource>): Promise<readonly Unowned[]> {
    const all = await Promise.all(items.map(unownedResource));
    return all.filter((one) => one !== null);
  }

  /** The owner of a finding is decided by the pass over its group, from every source. */
  async function unownedResource({ doc }: Stored<OwnedResource>): Promise<Unowned | null> {
    const open = (await stateOf(doc.keys)).filter((state) => state !== null && state.isOpen);
    const [first] = open;
    if (!first || open.some((state) => state?.hasOwner === true)) return null;
    const { accountId, resource, answeredAt, refusal } = doc;
    return { kind: 'resource', accountId, resource, resourceType: first.resourceType, answeredAt: isoTime(answeredAt), problem: refusal };
  }

  async function accountsIn({ items }: Page<OwnerAccount>): Promise<readonly Unowned[]> {
    const { ruleSet, accounts } = await rules();
    return items.flatMap(({ doc: { accountId, tagsAt, refusals } }): Unowned[] => {
      if (Object.keys(ownerOf(accountId, ruleSet, accounts)).length > 0) return [];
      const problem = refusals['account-tags'] ?? refusals.contact ?? null;
      return [{ kind: 'account', accountId, resource: null, resourceType: null, answeredAt: isoTime(tagsAt), problem }];
    });
  }

  async function pageOf<T>(
    from: Collection<T>,
    terms: readonly string[],
    { limit = 100, cursor }: Static<typeof Query>,
    read: (page: Page<T>) => Promise<readonly Unowned[]>,
  ): Promise<Static<typeof Answer>> {
    const page = await store.page(from, { terms, limit, ...(cursor === undefined ? {} : { cursor }) });
    return { items: [...(await read(page))], nextCursor: page.nextCursor };
  }

  return {
    method: 'GET',
    path: '/api/v1/owners',
    access: 'viewer',
    tag: 'owners',
    summary: 'Resources with open findings, or their accounts, whose owner no source knows',
    operationId: 'listUnowned',
    params: Type.Object({}),
    query: Query,
    answer: Answer,
    handle: async (asked) => {
      const of = query.Check(asked.query) ? asked.query : {};
      return of.kind === 'account'
        ? pageOf(OWNER_ACCOUNTS, ['named:false'], of, accountsIn)
        : pageOf(OWNED_RESOURCES, ['tagged:false'], of, resourcesIn);
    },
  };
}

function isoTime(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}
