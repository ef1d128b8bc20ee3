import { afterEach, expect, test } from 'vitest';
import { createLearnRate } from '../../../src/jira/rate/learn-rate.ts';
import type { RateLease } from '../../../src/pipeline/ports/rate-lease.ts';
import { StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { LEASES } from '../../../src/pipeline/records/service-collections.ts';
import { openRateLease } from '../../../src/pipeline/runtime/open-rate-lease.ts';
import { cleanUp, newFolder, open } from '../../store/embedded-folder.ts';
import { trust } from '../../store/note.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { UNHEARD } from '../../support/jira/rate-heard.ts';
import { until } from '../../support/until.ts';

afterEach(cleanUp);

const REFUSED = { ...UNHEARD, refused: true, passed: 6 };

/** A store, and clocks that the test sets forward. */
async function site() {
  const store = open(newFolder());
  await trust(store);
  let ahead = 0;
  const clock = { now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() + ahead };
  const saved = async () => (await store.read(LEASES, ['jira']))[0]?.doc.rate?.perSecond ?? null;
  const start = (isSole = true, over: Partial<Store> = {}): RateLease =>
    openRateLease({ store: { ...store, ...over }, learn: createLearnRate(null), replica: 'a', clock, isSole });
  return { store, saved, start, forward: (ms: number) => void (ahead += ms) };
}

test('what a single replica has learned is there at its next start, for an hour, and where replicas share theirs', async () => {
  const { store, saved, start, forward } = await site();
  const first = start();
  expect(await first.take(1, UNHEARD)).toMatchObject({ perSecond: 10, forMs: Infinity });
  await until(async () => (await saved()) === 10, 'it is saved');
  expect((await first.take(1, REFUSED)).perSecond).toBe(7);
  expect(await saved()).toBe(10);
  forward(10_000);
  await first.take(1, UNHEARD);
  await until(async () => (await saved()) === 7, 'it is saved again');
  expect((await start().take(1, UNHEARD)).perSecond).toBe(7);
  expect((await start(false).take(1, UNHEARD)).rate.perSecond).toBe(7);
  forward(3_700_000);
  expect((await start().take(1, UNHEARD)).perSecond).toBe(10);
  await store.close();
});

test('a store that fails or hangs costs only what was learned', async () => {
  const { store, start } = await site();
  const away = async (): Promise<never> => Promise.reject(new StoreUnavailable('as the test says'));
  const hangs = (): Promise<never> => new Promise(() => undefined);
  for (const over of [
    { read: away, commit: away },
    { read: hangs, commit: hangs },
  ]) {
    const alone = start(true, over);
    expect((await alone.take(1, UNHEARD)).perSecond).toBe(10);
    expect((await alone.take(1, REFUSED)).perSecond).toBe(7);
  }
  await store.close();
});
