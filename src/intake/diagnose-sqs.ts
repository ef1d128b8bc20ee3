import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../pipeline/ports/dead-letter-queue.ts';
import type { DoctorCheck, Diagnose } from '../pipeline/ports/doctor-check.ts';
import { mayChangeVisibility } from './may-change-visibility.ts';
import { MIN_VISIBILITY_SECONDS } from './sqs-queue.ts';
import { messageOf, sqsRefusal, type SqsRefusal } from './sqs-refusal.ts';

/** The longest that SQS offers: a message that is not received for two weeks is lost. */
const BEST_RETENTION_SECONDS = 1_209_600;

/** Four days: a long weekend. */
const MIN_RETENTION_SECONDS = 345_600;

type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * Checks the queues for the doctor: whether they answer, may be received from, and whether their settings lose nothing.
 * @param receiveProblem why the last receive from a queue failed; null: it did not
 */
export function createDiagnoseSqs(
  client: SQSClient,
  queues: readonly DeadLetterQueue[],
  receiveProblem: (url: string) => SqsRefusal | null,
): Diagnose {
  return async () => (await Promise.all(queues.map((queue) => diagnoseQueue(client, queue, receiveProblem(queue.queueUrl))))).flat();
}

async function diagnoseQueue(client: SQSClient, queue: DeadLetterQueue, problem: SqsRefusal | null): Promise<readonly DoctorCheck[]> {
  const name = queue.queueUrl.slice(queue.queueUrl.lastIndexOf('/') + 1);
  const check = (what: string, message: string, advice: string | null): DoctorCheck => ({
    check: `sqs-${what}:${name}`,
    ok: advice === null,
    message,
    advice,
  });
  try {
    const raw = await client.send(new GetQueueAttributesCommand({ QueueUrl: queue.queueUrl, AttributeNames: ['All'] }));
    const attributes: Attributes = raw.Attributes ?? {};
    return [
      check('reachable', `About ${attributes['ApproximateNumberOfMessages'] ?? '0'} messages wait`, null),
      visibility(check, Number(attributes['VisibilityTimeout'] ?? 0)),
      retention(check, Number(attributes['MessageRetentionPeriod'] ?? 0)),
      encryption(check, attributes),
      receiving(check, problem),
      await prolonging(check, client, queue),
      await deadLetters(check, queue),
    ];
  } catch (error) {
    const { message, advice } = sqsRefusal(error, 'sqs:GetQueueAttributes');
    return [check('reachable', message, advice), receiving(check, problem)];
  }
}

type Check = (what: string, message: string, advice: string | null) => DoctorCheck;

/** A receive of the doctor's own would take messages from the service, so its last one counts. */
function receiving(check: Check, problem: SqsRefusal | null): DoctorCheck {
  return problem === null ? check('receive', 'The last receive was answered', null) : check('receive', problem.message, problem.advice);
}

async function prolonging(check: Check, client: SQSClient, { queueUrl }: DeadLetterQueue): Promise<DoctorCheck> {
  const may = await mayChangeVisibility(client, queueUrl);
  const message = may ? 'Received messages can be kept while the store is away' : 'Received messages come twice when the store was away';
  return check('prolong', message, may ? null : 'Give the right sqs:ChangeMessageVisibility on the queue');
}

function visibility(check: Check, seconds: number): DoctorCheck {
  const advice = seconds < MIN_VISIBILITY_SECONDS ? 'Set VisibilityTimeout to 90: otherwise messages come twice' : null;
  return check('visibility', `A received message stays hidden for ${seconds} s`, advice);
}

function retention(check: Check, seconds: number): DoctorCheck {
  const advice = seconds < MIN_RETENTION_SECONDS ? `Set MessageRetentionPeriod to ${BEST_RETENTION_SECONDS}` : null;
  return check('retention', `Messages are kept for ${(seconds / 86_400).toFixed(1)} days`, advice);
}

function encryption(check: Check, attributes: Attributes): DoctorCheck {
  if (attributes['KmsMasterKeyId']) return check('encryption', 'Encrypted with a key of KMS', null);
  if (attributes['SqsManagedSseEnabled'] === 'true') return check('encryption', 'Encrypted with a key of SQS', null);
  return check('encryption', 'Not encrypted', 'Turn on SqsManagedSseEnabled: findings say what is open to whom');
}

async function deadLetters(check: Check, queue: DeadLetterQueue): Promise<DoctorCheck> {
  try {
    const letters = await queue.find();
    if (letters === null) {
      const advice = 'Give the queue a redrive policy; without one, messages that can not be read are deleted after they were stored';
      return check('dead-letters', 'There is no redrive policy', advice);
    }
    const advice = letters.waiting > 0 ? 'See why with GET /api/v1/dead-letters, fix that, then POST /api/v1/dead-letters/redrive' : null;
    return check('dead-letters', `About ${letters.waiting} messages wait in the dead-letter queue`, advice);
  } catch (error) {
    const advice = 'Give the right sqs:GetQueueAttributes on the dead-letter queue, so that it can be counted and moved back';
    return check('dead-letters', messageOf(error), advice);
  }
}
