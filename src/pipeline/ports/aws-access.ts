import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Refusal } from './details-source.ts';

/** Settings that every client of the AWS SDK gets: connections that obey the proxies, one try, and warnings in the log. */
export interface AwsClientSettings {
  readonly maxAttempts: 1;
  readonly logger: Record<'trace' | 'debug' | 'info' | 'warn' | 'error', (...content: unknown[]) => void>;
  readonly requestHandler: {
    readonly httpAgent: HttpAgent;
    readonly httpsAgent: HttpsAgent;
    readonly connectionTimeout: number;
  };
}

/** Credentials of a role session, as the clients of the SDK take them. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export type AssumedRole =
  | { readonly ok: true; readonly credentials: SessionCredentials }
  | { readonly ok: false; readonly refusal: Refusal };

/** A role of the same name in every member account. Sessions are kept until shortly before they expire. Never throws. */
export interface MemberRole {
  /** @param region where the session is used: it names the partition, and the endpoint of STS that is asked */
  assume(accountId: string, region: string, stopping: AbortSignal): Promise<AssumedRole>;
}

/** The way to AWS for parts. */
export interface AwsAccess {
  /** For one client: its connections end with it. */
  clientSettings(): AwsClientSettings;
  memberRole(roleName: string): MemberRole;
  /** Judges an error of a call. Without the SDK's own text. @param right the right that the call needs, such as `cloudtrail:LookupEvents` */
  refusalOf(error: unknown, right: string): Refusal;
}
