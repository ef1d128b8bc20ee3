import { expect, test } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { handMadeIssue, issueOf } from '../../support/jira/hand-made-issues.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

async function opened(site: Site, parts: ServiceParts, n: number): Promise<string> {
  const { group } = await parts.accept(findingOf(numberedEvent(n, 0)));
  await finish(site, parts, group);
  return group;
}

/** Does something once, after the check whether an issue serves another finding. */
function afterLooking(store: Store, then: () => Promise<void>): Store {
  let isFirst = true;
  return {
    ...store,
    async page(from, query) {
      const page = await store.page(from, query);
      const isIt = isFirst && query.terms.some((term) => term.startsWith('issueKey:'));
      isFirst &&= !isIt;
      if (isIt) await then();
      return page;
    },
  };
}

test('two admins link one issue to two groups on two replicas: the second one is refused, and gets it when the first one unlinks it', async () => {
  const site = await openSite();
  const parts = await site.start();
  const [first, second] = [await opened(site, parts, 1), await opened(site, parts, 2)];
  const hand = handMadeIssue(site);
  const store = afterLooking(site.store, async () => {
    expect(await parts.link(first, hand.key, 'anna')).toMatchObject({ ok: true });
  });
  const other = await site.start({ store, owner: 'other', soleOwner: false });
  const { findingId, analyzerArn } = findingOf(numberedEvent(1, 0));
  expect(await other.link(second, hand.key, 'bert')).toEqual({
    ok: false,
    because: 'serves-another-group',
    group: first,
    finding: { findingId, analyzerArn },
  });
  for (const group of [first, second]) await finish(site, parts, group);
  expect([(await parts.group(first))?.issue?.key, (await parts.group(second))?.issue?.key]).toEqual([hand.key, 'SEC-2']);
  await parts.unlink(first, 'anna');
  await finish(site, parts, first);
  expect(await other.link(second, hand.key, 'bert')).toMatchObject({ ok: true });
  await finish(site, parts, second);
  expect(issueOf(site, hand.key).properties['findings-to-jira']).toMatchObject({ group: second });
});
