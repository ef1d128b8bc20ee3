import { Type, type Static } from 'typebox';

const Rate = Type.Number({ minimum: 0, maximum: 1 });
const Milliseconds = Type.Number({ minimum: 0, maximum: 86_400_000 });

/** A fault for one request, used up by the first request that it is for. */
export const ScriptedFault = Type.Object(
  {
    /** Method and path after `/rest/api/3`, with `*` for an id: `POST /issue`, `PUT /issue/*`. */
    on: Type.String({ minLength: 1, maxLength: 200 }),
    /**
     * `lost-after-commit`: done, then the connection is cut. `reset-before`: cut before anything is done. `status`: this answer.
     * `hangs`: no answer ever. `truncated201`: done, then half of the answer. `html200`: a login page that looks like success.
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
    /** Of `status`: text, or what is sent as JSON. */
    body: Type.Optional(Type.Unknown()),
    /** Of `status`, `hangs` and `html200`: true when what was asked is done first. */
    afterCommit: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** What goes wrong in the simulated Jira. All off by default; may be changed at any time, also over HTTP. */
export const Faults = Type.Object(
  {
    /** Ms before a request is looked at. */
    latencyMs: Milliseconds,
    /** Ms until a new issue or a change of one can be found by search. */
    indexLagMs: Milliseconds,
    /** Ms until a new issue or a change of one can be read by bulk fetch. */
    bulkFetchLagMs: Milliseconds,
    /** An issue that a search has found is missing in the next search that would find it. */
    indexLosesAgain: Type.Boolean(),
    /** Entries of an issue's history that come with it, the newest first; those that are older are left out. */
    changelogEntries: Type.Integer({ minimum: 1, maximum: 100 }),
    /** Searches come with warnings, so that absence proves nothing. */
    searchWarnings: Type.Boolean(),
    /** Share of requests that are done and whose answer is lost. */
    loseAnswerRate: Rate,
    /** Share of requests answered 503 before anything is done. */
    unavailableBeforeRate: Rate,
    /** Share of requests that are done and answered 503. */
    unavailableAfterRate: Rate,
    /** Share of requests whose connection is cut before anything is done. */
    resetBeforeRate: Rate,
    /** Share of requests answered 429. */
    rateLimitRate: Rate,
    /** Most requests in any second; more are answered 429. Null: no limit. */
    requestsPerSecond: Type.Union([Type.Number({ minimum: 1 }), Type.Null()]),
    /** Every connection is cut at once. */
    down: Type.Boolean(),
    /** Every request runs as nobody, whatever its credentials, as Jira may do when credentials went bad: 200 with empty lists. */
    anonymous: Type.Boolean(),
    /** Every request is answered 401. */
    unauthorized: Type.Boolean(),
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
    searchWarnings: false,
    loseAnswerRate: 0,
    unavailableBeforeRate: 0,
    unavailableAfterRate: 0,
    resetBeforeRate: 0,
    rateLimitRate: 0,
    requestsPerSecond: null,
    down: false,
    anonymous: false,
    unauthorized: false,
    next: [],
  };
}
