import { Type, type Static } from 'typebox';
import { BROKEN_ASSUMPTIONS } from './broken-assumptions.ts';

const Rate = Type.Number({ minimum: 0, maximum: 1 });
const Milliseconds = Type.Number({ minimum: 0, maximum: 86_400_000 });

/** A fault for one request, used up by the first matching request. */
export const ScriptedFault = Type.Object(
  {
    /** Method and path after `/rest/api/3`, with `*` for an id: `POST /issue`, `PUT /issue/*`. */
    on: Type.String({ minLength: 1, maxLength: 200 }),
    /**
     * `lost-after-commit`: carried out, then the connection is cut. `reset-before`: cut before anything is done. `status`: this answer.
     * `hangs`: no answer ever. `truncated201`: carried out, then half of the answer. `html200`: a login page that looks like success.
     */
    fault: Type.Union([
      Type.Literal('lost-after-commit'),
      Type.Literal('reset-before'),
      Type.Literal('status'),
      Type.Literal('hangs'),
      Type.Literal('truncated201'),
      Type.Literal('html200'),
    ]),
    /** Of `status`; 500 when it is not given. */
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
    /** Of `status`. */
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    /** Of `status`: text, or a value that is sent as JSON. */
    body: Type.Optional(Type.Unknown()),
    /** Of `status`, `hangs` and `html200`; true: the request is carried out first. */
    afterCommit: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** `hangs`: no answer ever. `cut`: the connection is cut. `fails`: 503. `refuses`: 401. `page`: a login page. The others: the token's lifetime. */
const TokenFault = Type.Union([
  Type.Literal('works'),
  Type.Literal('hangs'),
  Type.Literal('cut'),
  Type.Literal('fails'),
  Type.Literal('refuses'),
  Type.Literal('page'),
  Type.Literal('no-lifetime'),
  Type.Literal('zero-lifetime'),
  Type.Literal('huge-lifetime'),
]);

/** The faults of the simulated Jira. All off by default; may be changed at any time, also over HTTP. */
export const Faults = Type.Object(
  {
    /** Delay before a request is handled, ms. */
    latencyMs: Milliseconds,
    /** Time until search finds a new issue or a change of one, ms. */
    indexLagMs: Milliseconds,
    /** Time until bulk fetch reads a new issue or a change of one, ms. */
    bulkFetchLagMs: Milliseconds,
    /** An issue that a search has found is missing in the next search that would find it. */
    indexLosesAgain: Type.Boolean(),
    /** Number of history entries that come with an issue, the newest first; older ones are left out. */
    changelogEntries: Type.Integer({ minimum: 1, maximum: 100 }),
    /** Searches leave the properties of every issue out. Reading an issue, alone or in bulk, shows them. */
    searchOmitsProperties: Type.Boolean(),
    /** Searches come with warnings, so that absence proves nothing. */
    searchWarnings: Type.Boolean(),
    /** Share of requests that are carried out and whose answer is lost. */
    loseAnswerRate: Rate,
    /** Share of requests answered 503 before anything is done. */
    unavailableBeforeRate: Rate,
    /** Share of requests that are carried out and answered 503. */
    unavailableAfterRate: Rate,
    /** Share of requests whose connection is cut before anything is done. */
    resetBeforeRate: Rate,
    /** Share of requests answered 429. */
    rateLimitRate: Rate,
    /** Maximum number of requests in any second; more are answered 429, and no header announces it. Null: no limit. */
    requestsPerSecond: Type.Union([Type.Number({ minimum: 1 }), Type.Null()]),
    /** Size of the bucket of each endpoint and method, and how much of it comes back in a second; headers announce it. Null: no limit. */
    endpointPerSecond: Type.Union([Type.Number({ minimum: 1 }), Type.Null()]),
    /** Points that access tokens may use in an hour by the clock; API tokens have no such quota. Null: no quota. */
    pointsPerHour: Type.Union([Type.Number({ minimum: 1 }), Type.Null()]),
    /** Every connection is cut at once. */
    down: Type.Boolean(),
    /** Every request is anonymous, whatever its credentials, as Jira may treat bad credentials: 200 with empty lists. */
    anonymous: Type.Boolean(),
    /** Every request is answered 401. */
    unauthorized: Type.Boolean(),
    /** API and bearer tokens that are no longer accepted: their requests are answered 401, `GET /myself` as well. */
    revokedTokens: Type.Array(Type.String(), { maxItems: 100 }),
    /** The answers of the token endpoint: a token that is said to live an hour, a fault, or a token with an odd lifetime. */
    tokenEndpoint: TokenFault,
    /** The same for single requests, in order; used up before `tokenEndpoint` counts. */
    tokenFaults: Type.Array(TokenFault, { maxItems: 1_000 }),
    /** Delay before the token endpoint answers, ms. */
    tokenLatencyMs: Milliseconds,
    /** How long Jira accepts an access token, ms, whatever the endpoint said. */
    accessTokenMs: Milliseconds,
    /** Scopes that every token lacks, as at the gateway of api.atlassian.com: calls that need one are answered 401. */
    missingScopes: Type.Array(Type.String(), { maxItems: 100 }),
    /** Assumptions of the protocol that do not hold here, each alone (broken-assumptions.ts). */
    breaks: Type.Array(Type.Enum(BROKEN_ASSUMPTIONS), { maxItems: 100 }),
    /** Faults for single requests, in order. */
    next: Type.Array(ScriptedFault, { maxItems: 10_000 }),
  },
  { additionalProperties: false },
);

export type ScriptedFault = Static<typeof ScriptedFault>;
export type Faults = Static<typeof Faults>;

export function noFaults(): Faults {
  return {
    latencyMs: 0,
    indexLagMs: 0,
    bulkFetchLagMs: 0,
    indexLosesAgain: false,
    changelogEntries: 100,
    searchOmitsProperties: false,
    searchWarnings: false,
    loseAnswerRate: 0,
    unavailableBeforeRate: 0,
    unavailableAfterRate: 0,
    resetBeforeRate: 0,
    rateLimitRate: 0,
    requestsPerSecond: null,
    endpointPerSecond: null,
    pointsPerHour: null,
    down: false,
    anonymous: false,
    unauthorized: false,
    revokedTokens: [],
    tokenEndpoint: 'works',
    tokenFaults: [],
    tokenLatencyMs: 0,
    accessTokenMs: 3_600_000,
    missingScopes: [],
    breaks: [],
    next: [],
  };
}
