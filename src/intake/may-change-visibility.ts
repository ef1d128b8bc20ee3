import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sqsRefusal } from './sqs-refusal.ts';

/** Whether we have the right to prolong the visibility of messages; asked without one, since SQS checks the right first. */
export async function mayChangeVisibility(client: SQSClient, url: string): Promise<boolean> {
  try {
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: 'none', VisibilityTimeout: 0 }));
    return true;
  } catch (error) {
    return sqsRefusal(error, 'sqs:ChangeMessageVisibility').because !== 'right-missing';
  }
}
