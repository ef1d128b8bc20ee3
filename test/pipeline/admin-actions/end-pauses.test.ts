import { expect, test } from 'vitest';
import { createEndPauses } from '../../../src/pipeline/admin-actions/end-pauses.ts';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import { OPERATIONS, PAUSES } from '../../../src/pipeline/records/admin-collections.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

/** A process without a ticker, and a group that a pause of one minute holds. */
async function held() {
  const site = await openSite();
  const parts = await site.start({ working: false });
  await parts.pauses.set('all', 'anna', 'a deploy', site.clock.now() + 60_000);
  const { group } = await parts.accept(findingOf(numberedEvent(1, 0)));
  await parts.reconcile(group);
  const emitted: ServiceEvent[] = [];
  const deps = {
    store: site.store,
    pauses: parts.pauses,
    operations: parts.operations,
    emit: (event: ServiceEvent) => void emitted.push(event),
  };
  return { site, parts, group, emitted, deps };
}

test('a pause whose time is not over stays', async () => {
  const { site, deps, emitted } = await held();
  await createEndPauses(deps)(await site.store.now());
  expect((await site.store.read(PAUSES, ['all']))[0]?.doc).toMatchObject({ scope: 'all' });
  expect(emitted).toEqual([]);
});

test('two processes see the end of a pause: it is resumed once', async () => {
  const { site, deps, emitted } = await held();
  site.clock.forward(60_001);
  const now = await site.store.now();
  await Promise.all([createEndPauses(deps)(now), createEndPauses(deps)(now)]);
  expect(emitted).toEqual([{ what: 'pause-ended', scope: 'all' }]);
  expect(await site.store.counts(OPERATIONS, ['kind:resume'])).toEqual([1]);
});

test('a process dies right after it has removed the pause: another one resumes what the pause held', async () => {
  const { site, parts, group, deps } = await held();
  site.clock.forward(60_001);
  const { prepare } = parts.operations;
  const dying = { prepare: (...prepared: Parameters<typeof prepare>) => ({ ...prepare(...prepared), begin: () => undefined }) };
  await createEndPauses({ ...deps, operations: dying })(await site.store.now());
  expect((await site.store.read(PAUSES, ['all']))[0]).toBeNull();
  expect(site.created()).toBe(0);
  const before = (await parts.group(group))?.generation ?? 0;
  site.clock.forward(31_000);
  await parts.operations.advance();
  await until(async () => ((await parts.group(group))?.generation ?? 0) > before, 'a pass is asked for');
  await parts.reconcile(group);
  expect(site.created()).toBe(1);
});
