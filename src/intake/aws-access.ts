import type { Agents } from '../network/create-network.ts';
import type { AwsAccess } from '../pipeline/ports/aws-access.ts';
import { refusalFrom } from './analyzer-refusal.ts';
import { createMemberRole } from './member-role.ts';
import { createSdkLog, type WarningLog } from './sdk-log.ts';

export interface AwsAccessOptions {
  /** Connections for one client. */
  readonly agents: () => Agents;
  /** Takes the warnings of the SDK. */
  readonly log: WarningLog;
  /** Wall clock, epoch ms: sessions expire by it. */
  readonly now: () => number;
}

const CONNECT_MS = 5_000;

/** @see AwsAccess */
export function createAwsAccess({ agents, log, now }: AwsAccessOptions): AwsAccess {
  const logger = createSdkLog(log);
  const clientSettings: AwsAccess['clientSettings'] = () => ({
    maxAttempts: 1,
    logger,
    requestHandler: { ...agents(), connectionTimeout: CONNECT_MS },
  });
  return {
    clientSettings,
    memberRole: (roleName) => createMemberRole({ roleName, clientSettings, now }),
    refusalOf: (error, right) => refusalFrom(error, { right, analyzerArn: '', accountId: '' }),
  };
}
