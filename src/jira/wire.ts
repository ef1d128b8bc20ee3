import { Type, type Static } from 'typebox';

/** The parts of Jira's answers that we use. Source: the OpenAPI document of the Jira Cloud platform REST API v3. */
export const Created = Type.Object({ id: Type.String({ pattern: '^\\d+$' }), key: Type.String({ pattern: '^[A-Z][A-Z0-9_]*-\\d+$' }) });

export const Myself = Type.Object({ accountId: Type.String({ minLength: 1 }) });

const Status = Type.Object({ name: Type.String(), statusCategory: Type.Object({ key: Type.String() }) });

/** A field of a transition's screen. Read one by one, so that a field of an app in a form of its own does not hide the others. */
export const ScreenFieldMeta = Type.Object({
  name: Type.Optional(Type.String()),
  required: Type.Optional(Type.Boolean()),
  hasDefaultValue: Type.Optional(Type.Boolean()),
  schema: Type.Optional(Type.Object({ type: Type.Optional(Type.String()) })),
  allowedValues: Type.Optional(Type.Array(Type.Unknown())),
});

/** A value that may be chosen: a resolution or version has a name, an option has a value. */
export const AllowedValue = Type.Object({
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
});

/** An issue as `GET /issue/{id}?expand=transitions,transitions.fields` gives it, with the fields that we ask for. */
export const IssueWithTransitions = Type.Object({
  id: Type.String(),
  key: Type.String(),
  fields: Type.Object({
    status: Status,
    resolution: Type.Optional(Type.Union([Type.Object({ name: Type.Optional(Type.String()) }), Type.Null()])),
    issuetype: Type.Optional(Type.Object({ name: Type.String() })),
  }),
  transitions: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.Optional(Type.String()),
      to: Status,
      hasScreen: Type.Optional(Type.Boolean()),
      isAvailable: Type.Optional(Type.Boolean()),
      isLooped: Type.Optional(Type.Boolean()),
      isGlobal: Type.Optional(Type.Boolean()),
      fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
});

/** The resolution alone, as `GET /issue/{id}?fields=resolution` gives it. */
export const IssueResolution = Type.Object({
  fields: Type.Object({ resolution: Type.Union([Type.Object({ name: Type.Optional(Type.String()) }), Type.Null()]) }),
});

export type WireTransition = Static<typeof IssueWithTransitions>['transitions'][number];
export type WireStatus = Static<typeof Status>;

/** An issue with what tells whether it is ours. */
export const IssueOfOurs = Type.Object({
  id: Type.String({ pattern: '^\\d+$' }),
  key: Type.String(),
  fields: Type.Object({
    status: Status,
    creator: Type.Optional(Type.Union([Type.Object({ accountId: Type.Optional(Type.String()) }), Type.Null()])),
    labels: Type.Optional(Type.Array(Type.String())),
    project: Type.Object({ key: Type.String() }),
    issuetype: Type.Object({ name: Type.String() }),
  }),
  properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

export type WireIssue = Static<typeof IssueOfOurs>;

/** A page of `POST /search/jql`. `warnings`: part of the question was not answered, so that absence proves nothing. */
export const SearchPage = Type.Object({
  issues: Type.Array(IssueOfOurs),
  isLast: Type.Optional(Type.Boolean()),
  nextPageToken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  warnings: Type.Optional(Type.Array(Type.Unknown())),
});

/** What `POST /issue/bulkfetch` found; keys that do not exist are left out. */
export const BulkFetched = Type.Object({ issues: Type.Array(IssueOfOurs) });
