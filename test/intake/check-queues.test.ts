import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { checkQueues, regionOfQueue } from '../../src/intake/check-queues.ts';
import { createSqsQueue, type SqsQueue } from '../../src/intake/sqs-queue.ts';
import { SettingRefused } from '../../src/pipeline/ports/setting-refused.ts';

const AT_HOME = 'https://sqs.eu-central-1.amazonaws.com/111122223333/findings';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

describe('the Region in the address of a queue', () => {
  test.each([
    [AT_HOME, 'eu-central-1'],
    ['https://sqs.cn-north-1.amazonaws.com.cn/111122223333/findings', 'cn-north-1'],
    ['https://sqs.us-gov-west-1.amazonaws.com/111122223333/findings', 'us-gov-west-1'],
    ['https://sqs-fips.us-east-1.amazonaws.com/111122223333/findings', 'us-east-1'],
    ['https://sqs.us-east-1.api.aws/111122223333/findings', 'us-east-1'],
    ['https://vpce-0a1b-2c3d.sqs.us-east-1.vpce.amazonaws.com/111122223333/findings', 'us-east-1'],
    ['https://eu-west-1.queue.amazonaws.com/111122223333/findings', 'eu-west-1'],
    ['https://queue.amazonaws.com/111122223333/findings', null],
    ['http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/findings', null],
    ['http://localhost:4566/000000000000/findings', null],
    ['https://sqs.eu-central-1.amazonaws.com.example/111122223333/findings', null],
  ])('%s: %s', (url, region) => {
    expect(regionOfQueue(url)).toBe(region);
  });
});

/** A queue that answers with this error; null: it answers. */
function queueAnswering(error: Error | null): SqsQueue {
  const queue = createSqsQueue(new SQSClient({ region: 'eu-central-1', credentials }), AT_HOME);
  return {
    ...queue,
    async attributes() {
      if (error !== null) throw error;
      return { waiting: 0, inFlight: 0, redrives: true, visibilitySeconds: 90 };
    },
  };
}

const named = (name: string): Error => Object.assign(new Error('no'), { name });

describe('the start', () => {
  const client = new SQSClient({ region: 'eu-central-1', credentials });

  test.each(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'])('ends when SQS answers %s', async (name) => {
    await expect(checkQueues(client, [queueAnswering(null), queueAnswering(named(name))])).rejects.toThrow(SettingRefused);
  });

  // These may pass by themselves, and the intake reports them.
  test.each(['AccessDenied', 'CredentialsProviderError', 'TimeoutError', 'ECONNREFUSED', 'ServiceUnavailable'])(
    'goes on when SQS answers %s',
    async (name) => {
      await expect(checkQueues(client, [queueAnswering(named(name))])).resolves.toBeUndefined();
    },
  );
});
