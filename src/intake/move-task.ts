import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  SQSServiceException,
  StartMessageMoveTaskCommand,
  type ListMessageMoveTasksResultEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';

const CHECK_EVERY_MS = 500;

/** Errors of an endpoint that has no such tasks. */
const UNKNOWN = ['InvalidAction', 'UnknownOperationException', 'UnsupportedOperation', 'AWS.SimpleQueueService.UnsupportedOperation'];

/**
 * Lets SQS move the messages of one queue into another, and waits for the end. A queue has one task at a time: a task that runs already is
 * followed. (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html)
 * @param onProgress gets the number of moved messages so far; when it throws, the task is cancelled
 * @returns null: there are no such tasks for this queue, or at this endpoint
 */
export async function runMoveTask(
  client: SQSClient,
  fromArn: string,
  toArn: string,
  onProgress: (moved: number) => Promise<void>,
): Promise<{ readonly moved: number } | null> {
  if (!(await start(client, fromArn, toArn))) return null;
  for (;;) {
    const task = await newest(client, fromArn);
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    try {
      await onProgress(moved);
    } catch (error) {
      await cancel(client, task);
      throw error;
    }
    if (task === null || task.Status === 'COMPLETED') return { moved };
    if (task.Status === 'FAILED') throw new Error(`SQS gave the move up: ${task.FailureReason ?? 'it did not say why'}`);
    if (task.Status === 'CANCELLED') throw new Error('The move was cancelled in SQS');
    await sleep(CHECK_EVERY_MS);
  }
}

/** @returns false: there can be no task */
async function start(client: SQSClient, fromArn: string, toArn: string): Promise<boolean> {
  try {
    await client.send(new StartMessageMoveTaskCommand({ SourceArn: fromArn, DestinationArn: toArn }));
    return true;
  } catch (error) {
    if (!(error instanceof SQSServiceException)) throw error;
    if (UNKNOWN.includes(error.name)) return false;
    // The answer for a queue that is no dead-letter queue, and also for one whose messages are being moved.
    if (error.name === 'InvalidParameterValue') return (await newest(client, fromArn))?.Status === 'RUNNING';
    throw error;
  }
}

async function newest(client: SQSClient, fromArn: string): Promise<ListMessageMoveTasksResultEntry | null> {
  const { Results = [] } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: fromArn, MaxResults: 1 }));
  return Results[0] ?? null;
}

/** A task that can't be cancelled continues and does no harm. */
async function cancel(client: SQSClient, task: ListMessageMoveTasksResultEntry | null): Promise<void> {
  if (task?.TaskHandle === undefined) return;
  await client.send(new CancelMessageMoveTaskCommand({ TaskHandle: task.TaskHandle })).catch(() => undefined);
}
