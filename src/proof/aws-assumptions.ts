import type { Assumptions } from './assumption.ts';

/** What the service takes for granted of Access Analyzer and SQS. */
export const AWS_ASSUMPTIONS = {
  'analyzer-list': {
    assumed: '`ListAnalyzers` gives an ARN with Region and account, a type and a status',
    check: 'The analyzers of the Region are listed',
  },
  'finding-list': {
    assumed: '`ListFindingsV2` gives id, status (ACTIVE, ARCHIVED, RESOLVED), resource type and `updatedAt` for every type of analyzer',
    check: 'The first findings of each analyzer are listed',
  },
  'finding-details': {
    assumed: '`GetFindingV2` gives the finding that was asked for, with a status and `updatedAt`',
    check: 'A listed finding of each type is read with the call of the service',
  },
  'detail-kinds': {
    assumed: 'Each detail is of a kind that the service knows',
    check: 'The names in the details of those findings are compared with the known ones',
  },
  'queue-attributes': {
    assumed: '`GetQueueAttributes` gives the ARN, the visibility timeout, the retention and the number of messages',
    check: 'The attributes of each queue are read',
  },
  'redrive-policy': {
    assumed: 'The redrive policy is JSON that names the dead-letter queue, which is in the same account and Region',
    check: 'The dead-letter queue is found with the call of the service',
  },
  'right-before-handle': {
    assumed: 'SQS checks the right `sqs:ChangeMessageVisibility` before the receipt handle, and an invalid handle changes nothing',
    check: 'The call is made with a handle that no message has, as the service does at its start; it must be refused for the handle',
  },
  'message-form': {
    assumed: 'A message holds an event in one of the forms of [Ways in](operations/running.md#ways-in)',
    check: 'By a person: `f2j_messages_unreadable_total` stays 0 while findings arrive',
    unobservable: 'a receive would count against the message, and hide it from the service',
  },
  'every-status': {
    assumed: 'A finding that is resolved or archived has an event of its own, which may be late, lost or repeated',
    check: 'By a person: archive a finding and see its issue closed',
    unobservable: 'the doctor changes nothing in AWS',
  },
  recommendation: {
    assumed: '`GenerateFindingRecommendation` for unused permissions makes a policy that can be read within seconds',
    check: 'By a person: an issue of such a finding shows the recommended policy',
    unobservable: 'the call makes something in AWS',
  },
} as const satisfies Assumptions;

export type AwsAssumption = keyof typeof AWS_ASSUMPTIONS;
