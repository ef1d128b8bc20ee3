import { afterEach, expect, test } from 'vitest';
import { createLearnRate } from '../../../src/jira/rate/learn-rate.ts';
import { StoreUnavailable } from '../../../src/pipeline/ports/store.ts';
import { createRateLease } from '../../../src/pipeline/runtime/create-rate-lease.ts';
import { createRateMemory } from '../../../src/pipeline/runtime/create-rate-memory.ts';
import { cleanUp, newFolder, open } from '../../store/embedded-folder.ts';
import { trust } from '../../store/note.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { UNHEARD } from '../../support/jira/rate-heard.ts';
import { until } from '../../support/until.ts';

afterEach(cleanUp);

test('a single replica keeps its rate where replicas share theirs', async () => {
  const store = open(newFolder());
  await trust(store);
  const memory = createRateMemory(store);
  expect(await memory.load()).toBeNull();
  const rate = { perSecond: 17, because: 'raised', refusedAt: 20, loweredAt: 5, at: await store.now() } as const;
  memory.save(rate);
  await until(async () => (await memory.load()) !== null, 'it is saved');
  memory.save({ ...rate, perSecond: 18 });
  await until(async () => (await memory.load())?.perSecond === 18, 'it is saved again');
  const lease = createRateLease({ store, learn: createLearnRate(null), replica: 'a', clock: systemClock });
  expect((await lease.take(1, UNHEARD)).rate.perSecond).toBe(18);
  await store.close();
});

test('a store that fails or hangs costs only what was learned', async () => {
  const store = open(newFolder());
  await trust(store);
  const away = async (): Promise<never> => Promise.reject(new StoreUnavailable('as the test says'));
  const failing = createRateMemory({ ...store, read: away, commit: away });
  failing.save({ perSecond: 17, because: 'raised', refusedAt: null, loweredAt: null, at: 1 });
  expect(await failing.load()).toBeNull();
  expect(await createRateMemory({ ...store, read: () => new Promise(() => undefined) }).load()).toBeNull();
  await store.close();
});
