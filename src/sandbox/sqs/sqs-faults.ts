/** Calls to SQS as IAM names them; a batch needs the right of its single call. */
export type SqsAction = 'ReceiveMessage' | 'DeleteMessage' | 'ChangeMessageVisibility' | 'GetQueueAttributes';

/** Why SQS refuses a call: the caller lacks the right, or may not use the key of the queue, or signs for another Region. */
export type SqsRefusal = 'access-denied' | 'kms-access-denied' | 'wrong-region';

/** Faults that a test may set and clear while the emulator runs. Not with a data directory. */
export interface SqsFaults {
  /** Refused calls; the emulator's own client is never refused. */
  refused: Partial<Record<SqsAction, SqsRefusal>>;
}

/** An answer of SQS that refuses a call, in its JSON protocol. */
export interface RefusedAnswer {
  readonly status: number;
  /** Header `x-amzn-query-error`. */
  readonly queryError: string;
  readonly body: { readonly __type: string; readonly message: string };
}

/** The refusal of a request. @param target header `x-amz-target`, such as `AmazonSQS.ReceiveMessage` @returns null: it is not refused */
export function refusedAnswer({ refused }: SqsFaults, target: string): RefusedAnswer | null {
  const called = target.slice(target.indexOf('.') + 1).replace(/Batch$/, '');
  const refusal = Object.entries(refused).find(([action]) => action === called)?.[1];
  return refusal === undefined ? null : answerOf(refusal, called);
}

function answerOf(refusal: SqsRefusal, action: string): RefusedAnswer {
  switch (refusal) {
    case 'access-denied':
      return {
        status: 403,
        queryError: 'AccessDenied;Sender',
        body: {
          __type: 'com.amazon.coral.service#AccessDeniedException',
          message: `User: arn:aws:iam::111122223333:user/sandbox is not authorized to perform: sqs:${action.toLowerCase()} because no identity-based policy allows the sqs:${action.toLowerCase()} action`,
        },
      };
    case 'kms-access-denied':
      return {
        status: 400,
        queryError: 'KMS.AccessDeniedException;Sender',
        body: {
          __type: 'com.amazonaws.sqs#KmsAccessDenied',
          message:
            'User: arn:aws:iam::111122223333:user/sandbox is not authorized to perform: kms:Decrypt because no identity-based policy allows the kms:Decrypt action',
        },
      };
    case 'wrong-region':
      return {
        status: 403,
        queryError: 'SignatureDoesNotMatch;Sender',
        body: {
          __type: 'com.amazon.coral.service#InvalidSignatureException',
          message: 'Credential should be scoped to a valid region.',
        },
      };
    default:
      return refusal satisfies never;
  }
}
