/** The configuration of the service, parsed and checked at start and trusted from then on. Times are ms. */
export interface Settings {
  /** At least one queue. `deadLetterQueueUrl` null: each queue's redrive policy names it; `endpoint` null: that of AWS. */
  readonly sqs: { readonly queueUrls: readonly string[]; readonly deadLetterQueueUrl: string | null; readonly endpoint: string | null };
  readonly jira: JiraSettings;
  readonly store: StoreSettings;
  readonly proxies: ProxySettings;
  /** Port 0: any free one. */
  readonly http: { readonly host: string; readonly port: number };
  /** Empty, and no `oidc` either: no token is needed, and only a loopback host is bound. */
  readonly adminTokens: readonly AdminToken[];
  /** Null: no access tokens are accepted. */
  readonly oidc: OidcSettings | null;
  readonly installation: string;
  /** Null: findings of every account are accepted. */
  readonly allowedAccounts: readonly string[] | null;
  /** `observe`: decide and record, write nothing to Jira. */
  readonly mode: 'live' | 'observe';
  readonly rulesFile: string;
  /** `file`: the rules file is the only source; `api`: it seeds an empty store. */
  readonly rulesMode: 'api' | 'file';
  /** Null: sweeps compare Jira only. */
  readonly analyzers: AnalyzersSettings | null;
  /** Ms from one sweep to the next; 0: none. */
  readonly sweepIntervalMs: number;
  /** How long the history of a finding that has ended is kept, ms. */
  readonly retentionMs: number;
  /** The variables that turn parts on and that are set, by name. */
  readonly parts: Readonly<Record<string, string>>;
  readonly logLevel: LogLevel;
}

/** The analyzers that sweeps list: these, or else those of the Regions and those that events have named. */
export interface AnalyzersSettings {
  readonly arns: readonly string[] | null;
  /** `allLike`: every Region of the partition that this one is in. */
  readonly regions: readonly string[] | { readonly allLike: string };
}

export interface JiraSettings {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly credentials: JiraCredentials;
  /** A ceiling for the learned rate; null: none. */
  readonly requestsPerSecond: number | null;
  readonly maxInFlight: number;
  readonly timeoutMs: number;
  readonly uncertainWindowMs: number;
}

export type JiraCredentials =
  | { readonly kind: 'basic'; readonly email: string; readonly apiToken: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'oauth'; readonly clientId: string; readonly clientSecret: string; readonly tokenUrl: string };

/** Null: no proxy. The URLs may hold credentials. */
export interface ProxySettings {
  readonly httpsProxy: string | null;
  readonly httpProxy: string | null;
  /** Hosts that are reached without a proxy, in the form that the agents of Node.js take. */
  readonly noProxy: string;
}

export type StoreSettings = { readonly kind: 'embedded'; readonly dataDir: string } | { readonly kind: 'redis'; readonly url: string };

export interface AdminToken {
  readonly name: string;
  readonly role: AdminRole;
  readonly token: string;
}

/** Which access tokens are accepted, and which claim gives the role. */
export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  /** The name under which the issuer knows the admin page; null: the page asks for a token only. */
  readonly clientId: string | null;
  /** With empty `roles`, the claim's values are the roles' own names. */
  readonly roleClaim: { readonly name: string; readonly roles: ReadonlyMap<string, AdminRole> };
}

/** Each role includes the rights of those before it. */
export const ADMIN_ROLES = ['viewer', 'operator', 'admin'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];

/** pino's levels, from most to least talkative. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
