import { expect, test } from 'vitest';
import { findingOf } from '../../support/service/service-parts.ts';
import { bucket, finishAll, openSwept, resolved, sweep } from './swept-site.ts';

test('a lost event is made up for: an ACTIVE finding gets its issue, a RESOLVED one has it closed', async () => {
  const all = await openSwept();
  const parts = await all.start();
  for (const n of [1, 2]) all.aws.follow(bucket(n));
  await parts.accept(findingOf(bucket(2)));
  await finishAll(all, parts, [bucket(2)]);
  all.aws.follow(resolved(2));
  const swept = await sweep(all, parts);
  expect(swept).toMatchObject({ listed: 2, added: 1, missing: 1, ended: 1, gone: 0, complete: 1, of: 1 });
  expect(swept.calls).toEqual({ ListAnalyzers: 1, ListFindings: 2, GetFindingV2: 1 });
  await finishAll(all, parts, [bucket(1), bucket(2)]);
  expect(all.site.jira.issues().map(({ summary, status }) => [summary.includes('bucket-1'), status])).toEqual([
    [false, 'Done'],
    [true, 'To Do'],
  ]);
  expect(await parts.record(findingOf(bucket(1)).key)).toMatchObject({ firstSeenBy: 'sweep', finding: { isPublic: true } });
  expect(await parts.record(findingOf(bucket(2)).key)).toMatchObject({ firstSeenBy: 'event', finding: { status: 'RESOLVED' } });
  expect(await sweep(all, parts)).toMatchObject({ listed: 1, added: 0, changed: 0, missing: 0 });
});
