import { Type, type Static } from 'typebox';

/** The parts of Jira's answers that we use. Source: the OpenAPI document of the Jira Cloud platform REST API v3. */
export const Created = Type.Object({ id: Type.String({ pattern: '^\\d+$' }), key: Type.String({ pattern: '^[A-Z][A-Z0-9_]*-\\d+$' }) });

export const Myself = Type.Object({ accountId: Type.String({ minLength: 1 }) });

const Status = Type.Object({ name: Type.String(), statusCategory: Type.Object({ key: Type.String() }) });

/** A field of a transition's screen. Read one by one, so that an app's field in a form of its own does not hide the others. */
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

export const OfferedTransition = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  to: Status,
  hasScreen: Type.Optional(Type.Boolean()),
  isAvailable: Type.Optional(Type.Boolean()),
  isLooped: Type.Optional(Type.Boolean()),
  isGlobal: Type.Optional(Type.Boolean()),
  fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

/**
 * An issue as `GET /issue/{id}?expand=transitions,transitions.fields` gives it, with the fields that we ask for. Its transitions are read one by
 * one, so that an odd one hides no other.
 */
export const IssueWithTransitions = Type.Object({
  id: Type.String(),
  key: Type.String(),
  fields: Type.Object({
    status: Status,
    resolution: Type.Optional(Type.Union([Type.Object({ name: Type.Optional(Type.String()) }), Type.Null()])),
    issuetype: Type.Optional(Type.Object({ name: Type.String() })),
  }),
  transitions: Type.Array(Type.Unknown()),
});

const Changelog = Type.Object({
  total: Type.Integer(),
  histories: Type.Array(
    Type.Object({
      author: Type.Optional(Type.Union([Type.Object({ accountId: Type.Optional(Type.String()) }), Type.Null()])),
      created: Type.String(),
      items: Type.Array(Type.Object({ field: Type.String(), fieldId: Type.Optional(Type.String()) })),
    }),
  ),
});

export type WireChangelog = Static<typeof Changelog>;

/** An issue as `GET /issue/{id}?expand=changelog` gives it, with the fields that we ask for. */
export const IssueWithChangelog = Type.Object({
  id: Type.String(),
  key: Type.String(),
  fields: Type.Object({
    status: Status,
    project: Type.Object({ key: Type.String() }),
    creator: Type.Optional(Type.Union([Type.Object({ accountId: Type.Optional(Type.String()) }), Type.Null()])),
    labels: Type.Optional(Type.Array(Type.String())),
    summary: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    duedate: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    components: Type.Optional(Type.Array(Type.Object({ name: Type.Optional(Type.String()) }))),
  }),
  properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  changelog: Changelog,
});

export type IssueWithChangelog = Static<typeof IssueWithChangelog>;

/** The history alone, as `GET /issue/{id}?expand=changelog` gives it. */
export const IssueHistory = Type.Object({ changelog: Changelog });

/** A page of comments as `GET /issue/{id}/comment` gives it. */
export const CommentPage = Type.Object({
  comments: Type.Array(
    Type.Object({
      author: Type.Optional(Type.Union([Type.Object({ accountId: Type.Optional(Type.String()) }), Type.Null()])),
      created: Type.String(),
      body: Type.Unknown(),
    }),
  ),
});

/** The resolution alone, as `GET /issue/{id}?fields=resolution` gives it. */
export const IssueResolution = Type.Object({
  fields: Type.Object({ resolution: Type.Union([Type.Object({ name: Type.Optional(Type.String()) }), Type.Null()]) }),
});

export type WireTransition = Static<typeof OfferedTransition>;
export type WireStatus = Static<typeof Status>;

/** An issue with the fields that show whether it is ours. */
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

/** `GET /issue/{id}/properties/{key}`. */
export const IssueProperty = Type.Object({ value: Type.Unknown() });

/** A page of `POST /search/jql`. `warnings`: a part of the search has no answer, so that absence proves nothing. */
export const SearchPage = Type.Object({
  issues: Type.Array(IssueOfOurs),
  isLast: Type.Optional(Type.Boolean()),
  nextPageToken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  warnings: Type.Optional(Type.Array(Type.Unknown())),
});

/** What `POST /issue/bulkfetch` found; keys that do not exist are left out. */
export const BulkFetched = Type.Object({
  issues: Type.Array(IssueOfOurs),
  issueErrors: Type.Optional(Type.Array(Type.Object({ id: Type.String() }))),
});

/** A page of the issue types that may be created in a project: `GET /issue/createmeta/{project}/issuetypes`. */
export const CreatableTypes = Type.Object({
  issueTypes: Type.Array(Type.Object({ id: Type.String({ pattern: '^\\d+$' }), name: Type.String() })),
  total: Type.Optional(Type.Integer()),
});

/** A page of a create screen: `GET /issue/createmeta/{project}/issuetypes/{id}`. Its fields are read one by one, so that an odd one hides no other. */
export const CreateScreenPage = Type.Object({ fields: Type.Array(Type.Unknown()), total: Type.Optional(Type.Integer()) });

export const CreateFieldMeta = Type.Object({
  fieldId: Type.String({ minLength: 1 }),
  name: Type.Optional(Type.String()),
  required: Type.Boolean(),
  hasDefaultValue: Type.Optional(Type.Boolean()),
  schema: Type.Object({
    type: Type.String(),
    items: Type.Optional(Type.String()),
    system: Type.Optional(Type.String()),
    custom: Type.Optional(Type.String()),
  }),
  allowedValues: Type.Optional(Type.Array(Type.Unknown())),
});

/** A value of a create screen that may be chosen; an option of a cascading select has children. */
export const ChoiceMeta = Type.Object({
  id: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  value: Type.Optional(Type.String()),
  disabled: Type.Optional(Type.Boolean()),
  archived: Type.Optional(Type.Boolean()),
  children: Type.Optional(Type.Array(Type.Unknown())),
});

/** People as user search gives them; most hide their address. */
export const FoundPeople = Type.Array(
  Type.Object({
    accountId: Type.String({ minLength: 1 }),
    active: Type.Optional(Type.Boolean()),
    emailAddress: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

/** A project as `GET /project/{key}` gives it. `simplified`: managed by its team. */
export const ProjectAnswer = Type.Object({
  key: Type.String(),
  archived: Type.Optional(Type.Boolean()),
  simplified: Type.Optional(Type.Boolean()),
  isPrivate: Type.Optional(Type.Boolean()),
});

/** `GET /mypermissions`, by permission. */
export const MyPermissions = Type.Object({
  permissions: Type.Record(Type.String(), Type.Object({ havePermission: Type.Boolean() })),
});

/** `GET /project/{key}/statuses`: the statuses that issues of each type can be in. */
export const ProjectStatuses = Type.Array(Type.Object({ name: Type.String(), statuses: Type.Array(Status) }));

/** `GET /project/{key}/permissionscheme?expand=permissions`: who may do what. */
export const PermissionGrants = Type.Object({
  permissions: Type.Array(
    Type.Object({
      permission: Type.Optional(Type.String()),
      holder: Type.Optional(Type.Object({ type: Type.String(), parameter: Type.Optional(Type.String()) })),
    }),
  ),
});

export const LinkTypes = Type.Object({ issueLinkTypes: Type.Array(Type.Object({ name: Type.Optional(Type.String()) })) });

export const ServerInfo = Type.Object({
  baseUrl: Type.Optional(Type.String()),
  deploymentType: Type.Optional(Type.String()),
  serverTime: Type.Optional(Type.String()),
});
