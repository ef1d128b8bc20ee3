import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../findings/json.ts';

/** Who makes a simulated change. `sso`: a person by IAM Identity Center. `service`: a service of AWS in its own name. */
export type SimulatedActor =
  | { readonly is: 'sso'; readonly permissionSet: string; readonly email: string }
  | { readonly is: 'role'; readonly role: string; readonly session: string }
  | { readonly is: 'user'; readonly name: string }
  | { readonly is: 'root' }
  | { readonly is: 'service'; readonly service: string };

/** An API call that CloudTrail has recorded. */
export interface SimulatedChange {
  /** Such as `s3`. */
  readonly service: string;
  readonly action: string;
  readonly accountId: string;
  readonly region: string;
  /** The names by which it is found. */
  readonly resourceNames: readonly string[];
  /** Epoch ms. */
  readonly at: number;
  readonly actor: SimulatedActor;
  /** The program, as its `userAgent`. */
  readonly userAgent?: string;
  /** The service in whose name it was called, such as `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string;
  /** Nothing was changed. */
  readonly errorCode?: string;
  readonly requestParameters?: JsonObject;
  /** Until then, epoch ms, it is not found: CloudTrail delivers late. */
  readonly visibleFrom?: number;
}

/** The record of a change, as CloudTrail keeps it. Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html */
export function changeJson(change: SimulatedChange): JsonObject {
  const { service, action, accountId, region, at, errorCode, invokedBy, requestParameters } = change;
  return {
    eventVersion: '1.11',
    userIdentity: { ...identity(change), ...(invokedBy === undefined ? {} : { invokedBy }) },
    eventTime: new Date(at).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: `${service}.amazonaws.com`,
    eventName: action,
    awsRegion: region,
    sourceIPAddress: '203.0.113.7',
    userAgent: change.userAgent ?? 'Boto3/1.34 md/Botocore#1.34',
    ...(errorCode === undefined ? {} : { errorCode, errorMessage: 'As the simulation says.' }),
    requestParameters: requestParameters ?? { name: change.resourceNames[0] ?? null },
    responseElements: null,
    eventID: randomUUID(),
    readOnly: false,
    eventType: change.actor.is === 'service' ? 'AwsServiceEvent' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  };
}

const SSO_PATH = 'aws-reserved/sso.amazonaws.com/eu-central-1';

function identity({ actor, accountId }: SimulatedChange): Record<string, Json> {
  switch (actor.is) {
    case 'sso': {
      const role = `AWSReservedSSO_${actor.permissionSet}_0123456789abcdef`;
      return assumed(accountId, role, `${SSO_PATH}/${role}`, actor.email);
    }
    case 'role':
      return assumed(accountId, actor.role, actor.role, actor.session);
    case 'user':
      return { type: 'IAMUser', userName: actor.name, accountId, arn: `arn:aws:iam::${accountId}:user/${actor.name}` };
    case 'root':
      return { type: 'Root', accountId, arn: `arn:aws:iam::${accountId}:root` };
    case 'service':
      return { type: 'AWSService', invokedBy: actor.service };
    default:
      return actor satisfies never;
  }
}

function assumed(accountId: string, role: string, path: string, session: string): Record<string, Json> {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
    accountId,
    sessionContext: {
      sessionIssuer: { type: 'Role', userName: role, accountId, arn: `arn:aws:iam::${accountId}:role/${path}` },
      attributes: { mfaAuthenticated: 'false' },
    },
  };
}
