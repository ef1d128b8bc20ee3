import { certificateProblem } from '../network/certificate-problem.ts';

/** Why SQS refuses a call, and what to do. */
export interface SqsRefusal {
  readonly because: 'key-denied' | 'right-missing' | 'wrong-region' | 'no-queue' | 'other';
  readonly message: string;
  readonly advice: string;
}

/** Codes of SQS by what they mean; the SDK gives the name of its JSON protocol, the code of the older protocol, or both. */
const CODES: readonly (readonly [SqsRefusal['because'], RegExp])[] = [
  ['key-denied', /^K(?:ms|MS)\W?AccessDenied/],
  ['right-missing', /^AccessDenied/],
  ['wrong-region', /^(?:SignatureDoesNotMatch|InvalidSignature)/],
  ['no-queue', /^(?:QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)/],
];

/** @param error of a call to SQS @param right that the call needs, such as `sqs:ReceiveMessage` */
export function sqsRefusal(error: unknown, right: string): SqsRefusal {
  const codes = codesOf(error);
  const certificate = codes.map(certificateProblem).find((problem) => problem !== null) ?? null;
  if (certificate !== null) return { because: 'other', message: `SQS was not reached: ${certificate.message}`, advice: certificate.advice };
  const because = CODES.find(([, pattern]) => codes.some((code) => pattern.test(code)))?.[0] ?? 'other';
  return { because, message: messageOf(error), advice: adviceOn(because, right) };
}

/** The words of an error of SQS, without its stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown error';
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  return [error.name, 'Code' in error ? String(error.Code) : '', 'code' in error ? String(error.code) : ''];
}

function adviceOn(because: SqsRefusal['because'], right: string): string {
  switch (because) {
    case 'key-denied':
      return 'Give the right kms:Decrypt on the key of the queue, in the policy of the role and in that of the key';
    case 'right-missing':
      return `Give the right ${right} on the queue`;
    case 'wrong-region':
      return 'Set AWS_REGION to the Region of SQS_QUEUE_URL, and check the credentials';
    case 'no-queue':
      return 'Check SQS_QUEUE_URL and AWS_REGION: there is no such queue';
    case 'other':
      return `Check AWS_REGION, the credentials, the right ${right}, the network and the proxy, if there is one`;
    default:
      return because satisfies never;
  }
}
