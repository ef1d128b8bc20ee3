import { describe, test } from 'vitest';
import { playRefusal } from '../soak/store-refuses.ts';
import { FAILING_STORES } from '../support/servers/failing-stores.ts';
import { hurried } from '../support/service/service-process.ts';

/** For a moment here; `npm run soak` does it for two minutes, with the normal waits of the service, and holds the times against their bounds. */
describe('a store that answers questions takes no commit while findings come', () => {
  for (const kind of FAILING_STORES) {
    test
      .skipIf(kind.missing !== null)
      .concurrent(
        `${kind.name}: it is not ready, receives nothing more, and then opens one issue each, without dead letters`,
        { timeout: 240_000 },
        async ({ expect }) => {
          const { violations } = await playRefusal({ kind, seconds: 1, replicas: 1, env: { ...hurried(2_000), JIRA_TIMEOUT_MS: '2000' } });
          expect(violations).toEqual([]);
        },
      );
  }
});
