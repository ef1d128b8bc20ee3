import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { PartPorts } from '../../pipeline/ports/part.ts';
import type { PartRoute } from '../../pipeline/ports/part-route.ts';
import { put } from '../../pipeline/ports/store.ts';
import { CHANGES, personTerm } from './change-record.ts';

const Params = Type.Object({
  principal: Type.String({ minLength: 1, maxLength: 256, description: 'An e-mail address, or the name of a user, a role or a session' }),
});
const params = Compile(Params);

const Forgotten = Type.Object(
  { findings: Type.Integer({ description: 'How many findings said that name' }) },
  { description: 'What was forgotten. Their issues are updated; what Jira keeps of earlier versions stays there' },
);

const PAGE = 100;

/** Forgets who made changes, by any name that facts have. The look-up is not made again, so that the name does not come back. */
export function forgetPersonRoute({ store, learn }: Pick<PartPorts, 'store' | 'learn'>): PartRoute {
  async function forgetPage(name: string): Promise<number> {
    const { items } = await store.page(CHANGES, { terms: [personTerm(name)], limit: PAGE });
    for (const { id, doc, version } of items) {
      const forgotten = { ...doc, state: 'forgotten', changed: null, dueAt: doc.expiresAt } as const;
      await learn(doc.key, 'actor-forgotten', [put(CHANGES, id, version, forgotten)]);
    }
    return items.length;
  }

  return {
    method: 'DELETE',
    path: '/api/v1/people/:principal',
    access: 'operator',
    tag: 'people',
    summary: 'Forget a person: the findings no longer say who made their change',
    operationId: 'forgetPerson',
    params: Params,
    query: Type.Object({}, { additionalProperties: false }),
    answer: Forgotten,
    async handle({ params: raw, audit }) {
      const { principal } = params.Parse(raw);
      let findings = 0;
      for (let page = await forgetPage(principal); page > 0; page = await forgetPage(principal)) findings += page;
      for (;;) {
        // The audit says that it was done, and not to whom.
        const write = audit({ action: 'people.forgotten', target: 'person', before: null, after: { findings } }, await store.now());
        const result = await store.commit([write]);
        if (result.ok) return { findings };
      }
    },
  };
}
