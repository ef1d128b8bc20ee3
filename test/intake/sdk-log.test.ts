import { expect, test } from 'vitest';
import { createSdkLog } from '../../src/intake/sdk-log.ts';

test('each warning of the SDK is logged once, as a line; requests, answers and errors never', () => {
  const lines: unknown[] = [];
  const log = createSdkLog({ warn: (data, text) => void lines.push([data, text]) });
  for (const _ of [1, 2, 3]) {
    log.warn('QueueUrl differs\nfrom the endpoint');
    log.warn(new Error('no URL'));
    log.warn({ input: 'secret' });
    for (const write of [log.trace, log.debug, log.info, log.error]) write({ input: 'secret' });
  }
  expect(lines).toEqual([
    [{ warning: 'QueueUrl differs from the endpoint' }, 'The AWS SDK warns'],
    [{ warning: 'no URL' }, 'The AWS SDK warns'],
  ]);
  for (let n = 0; n < 1_000; n++) log.warn(`${n}`);
  expect(lines).toHaveLength(100);
});
