import { expect, test } from 'vitest';
import { isUpToDate, readGroup, saveGroup, type GroupView } from '../../../src/pipeline/groups/group-view.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';

test('an owner that no source names any more goes from the finding, once', async () => {
  const site = await openSite();
  const parts = await site.start();
  const finding = findingOf(numberedEvent(1, 0));
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  const [owned] = await site.store.read(FINDINGS, [finding.key]);
  if (!owned) throw new Error('the finding is gone');
  await site.store.commit([put(FINDINGS, owned.id, owned.version, { ...owned.doc, owner: { name: 'blue', source: 'resource-tag' } })]);
  const withoutOwner = async (): Promise<GroupView> => {
    const view = await readGroup(site.store, parts.rules, group);
    if (view === null) throw new Error('the group is gone');
    return { ...view, members: view.members.map((member) => ({ ...member, owner: null })) };
  };
  const view = await withoutOwner();
  expect(isUpToDate(view, view.record)).toBe(false);
  await saveGroup(site.store, view, view.record, null);
  const [saved] = await site.store.read(FINDINGS, [finding.key]);
  expect(saved?.doc).not.toHaveProperty('owner');
  const again = await withoutOwner();
  expect(isUpToDate(again, again.record)).toBe(true);
});
