import {
  ListAnalyzersCommand,
  ListFindingsV2Command,
  type AccessAnalyzerClient,
  type AnalyzerSummary,
  type FindingSummaryV2,
} from '@aws-sdk/client-accessanalyzer';
import { ChangeMessageVisibilityCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { parseArn } from '../findings/arn.ts';
import { sqsRefusal } from '../intake/sqs-refusal.ts';
import type { DeadLetterQueue } from '../pipeline/ports/dead-letter-queue.ts';
import type { DetailsSource } from '../pipeline/ports/details-source.ts';
import { AWS_ASSUMPTIONS, type AwsAssumption } from './aws-assumptions.ts';
import type { Proof } from './proof.ts';
import { createProofNotes, type ProofNotes } from './proof-notes.ts';

export interface AwsProofOptions {
  /** In the Region of the queue. */
  readonly analyzers: AccessAnalyzerClient;
  readonly details: DetailsSource;
  readonly sqs: SQSClient;
  readonly queues: readonly DeadLetterQueue[];
}

/** Kinds of details; those of access are in the events, too. Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingDetails.html */
const DETAIL_KINDS: ReadonlySet<string> = new Set([
  'externalAccessDetails',
  'internalAccessDetails',
  'unusedIamRoleDetails',
  'unusedIamUserAccessKeyDetails',
  'unusedIamUserPasswordDetails',
  'unusedPermissionDetails',
]);

const STATUSES: ReadonlySet<string> = new Set(['ACTIVE', 'ARCHIVED', 'RESOLVED']);

/** The findings of one analyzer that are listed. */
const MAX_FINDINGS = 20;

type Notes = ProofNotes<AwsAssumption>;

/** Checks without any change, and without receiving a message. Never throws for an answer of AWS. */
export async function proveAws(options: AwsProofOptions): Promise<Proof> {
  const notes = createProofNotes(AWS_ASSUMPTIONS);
  await proveAnalyzers(options, notes);
  for (const queue of options.queues) await proveQueue(options, queue, notes);
  return {
    of: 'aws',
    issueKey: null,
    stopped: null,
    isComplete: notes.isComplete(),
    observations: notes.observations('there is nothing to observe it on'),
  };
}

async function proveAnalyzers({ analyzers, details }: AwsProofOptions, notes: Notes): Promise<void> {
  const listed = await answered(notes, 'analyzer-list', async () => (await analyzers.send(new ListAnalyzersCommand({}))).analyzers);
  if (listed === null) return;
  if (!Array.isArray(listed) || listed.length === 0) return notes.unseen('analyzer-list', 'there is no analyzer in this Region');
  const isSo = listed.every(isAnalyzer);
  notes.judge('analyzer-list', isSo, `${listed.length} analyzers${isSo ? '' : ', not all in this form'}`);
  const ofEachType = new Map<string, { readonly analyzerArn: string; readonly findingId: string }>();
  for (const { arn = '' } of listed) {
    const findings = await answered(
      notes,
      'finding-list',
      async () => (await analyzers.send(new ListFindingsV2Command({ analyzerArn: arn, maxResults: MAX_FINDINGS }))).findings ?? [],
    );
    if (findings === null) continue;
    const odd = findings.filter((finding) => !isFinding(finding)).length;
    if (findings.length > 0) notes.judge('finding-list', odd === 0, `${odd} of ${findings.length} findings are not in this form`);
    for (const { id = '', findingType = 'none' } of findings) {
      if (!ofEachType.has(findingType)) ofEachType.set(findingType, { analyzerArn: arn, findingId: id });
    }
  }
  for (const ref of ofEachType.values()) await proveDetails(details, ref, notes);
}

function isAnalyzer({ arn, type, status }: AnalyzerSummary): boolean {
  const parts = parseArn(arn ?? '');
  return parts !== null && parts.region !== '' && parts.accountId !== '' && isText(type) && isText(status);
}

function isFinding({ id, status, resourceType, updatedAt }: FindingSummaryV2): boolean {
  const isTime = updatedAt instanceof Date && !Number.isNaN(updatedAt.getTime());
  return isText(id) && STATUSES.has(status ?? '') && isText(resourceType) && isTime;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

async function proveDetails(
  details: DetailsSource,
  ref: { readonly analyzerArn: string; readonly findingId: string },
  notes: Notes,
): Promise<void> {
  const read = await details.read(ref, () => Promise.resolve({ granted: true }));
  // Between the list and the read, AWS may have forgotten it.
  if (!read.ok && read.refusal.code === 'gone') return;
  if (!read.ok && read.refusal.code !== 'bad-answer') return notes.broke('finding-details', read.refusal.code);
  notes.judge('finding-details', read.ok, read.ok ? 'id, status and time are there' : read.refusal.message);
  if (!read.ok) return;
  const kinds = new Set(read.value.list.flatMap((one) => Object.keys(one)));
  const unknown = [...kinds].filter((kind) => !DETAIL_KINDS.has(kind));
  if (kinds.size > 0)
    notes.judge('detail-kinds', unknown.length === 0, unknown.length === 0 ? [...kinds].join(', ') : `new: ${unknown.join(', ')}`);
}

async function proveQueue({ sqs }: AwsProofOptions, queue: DeadLetterQueue, notes: Notes): Promise<void> {
  const QueueUrl = queue.queueUrl;
  const attributes = await answered(
    notes,
    'queue-attributes',
    async () => (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {},
  );
  if (attributes !== null) {
    const numbers = ['VisibilityTimeout', 'MessageRetentionPeriod', 'ApproximateNumberOfMessages'] as const;
    const missing = numbers.filter((name) => !/^\d+$/.test(attributes[name] ?? ''));
    const isSo = missing.length === 0 && parseArn(attributes.QueueArn ?? '')?.service === 'sqs';
    notes.judge('queue-attributes', isSo, isSo ? 'an ARN and numbers' : `missing or no number: ${missing.join(', ') || 'QueueArn'}`);
    await proveRedrive(queue, attributes.RedrivePolicy, notes);
  }
  await proveRightFirst(sqs, QueueUrl, notes);
}

async function proveRedrive(queue: DeadLetterQueue, policy: string | undefined, notes: Notes): Promise<void> {
  if (policy === undefined) return notes.unseen('redrive-policy', 'the queue has no redrive policy');
  try {
    const letters = await queue.find();
    notes.judge('redrive-policy', letters !== null, letters === null ? 'it names no queue' : 'the queue that it names was found');
  } catch (error) {
    const { because } = sqsRefusal(error, 'sqs:GetQueueAttributes');
    // The policy was read before: an error without a name of SQS is about its form.
    if (because === 'other' && isError(error, /^(?:Error|SyntaxError)$/)) notes.judge('redrive-policy', false, 'it has another form');
    else if (because === 'no-queue') notes.judge('redrive-policy', false, 'there is no queue where it should be');
    else notes.broke('redrive-policy', because);
  }
}

async function proveRightFirst(sqs: SQSClient, QueueUrl: string, notes: Notes): Promise<void> {
  try {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: 'none', VisibilityTimeout: 0 }));
    notes.judge('right-before-handle', false, 'an invalid handle was accepted');
  } catch (error) {
    const { because } = sqsRefusal(error, 'sqs:ChangeMessageVisibility');
    const name = error instanceof Error ? error.name : 'unknown';
    if (because === 'right-missing') notes.broke('right-before-handle', 'the right is missing, so that nothing can be told');
    else if (isError(error, /Receipt|MessageNotInflight|InvalidParameter/)) notes.judge('right-before-handle', true, `refused as ${name}`);
    else notes.broke('right-before-handle', name);
  }
}

function isError(error: unknown, names: RegExp): boolean {
  return error instanceof Error && names.test(error.name);
}

/** An answer of AWS; null: there was none, which is noted. */
async function answered<T>(notes: Notes, id: AwsAssumption, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    notes.broke(id, error instanceof Error ? error.name : 'unknown');
    return null;
  }
}
