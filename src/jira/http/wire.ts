import { Type, type Static, type TOptional, type TNull, type TSchema, type TUnion } from 'typebox';

/*
 * The parts of Jira's answers that we use. Source: the OpenAPI document of the Jira Cloud platform REST API v3.
 * `readPart` leaves out what does not fit: an entry of a list, an optional value. Only what a reader can't do without is required.
 */

function orNull<S extends TSchema>(schema: S): TOptional<TUnion<[S, TNull]>> {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

export const Created = Type.Object({ id: Type.String({ pattern: '^\\d+$' }), key: Type.String({ pattern: '^[A-Z][A-Z0-9_]*-\\d+$' }) });

export const Myself = Type.Object({ accountId: Type.String({ minLength: 1 }) });

/**
 * Without a category it counts as neither open nor done. `untranslatedName`: in `GET /project/{key}/statuses`, but not in an issue and not in
 * a transition. Source: https://github.com/lesstif/php-jira-rest-client/issues/323
 */
const Status = Type.Object({
  id: orNull(Type.String()),
  name: Type.String(),
  untranslatedName: orNull(Type.String()),
  statusCategory: orNull(Type.Object({ key: orNull(Type.String()) })),
});

/** A field of a transition's screen. Read one by one, so that an app's field in a form of its own does not hide the others. Null is absent. */
export const ScreenFieldMeta = Type.Object({
  name: orNull(Type.String()),
  required: orNull(Type.Boolean()),
  hasDefaultValue: orNull(Type.Boolean()),
  schema: orNull(Type.Object({ type: orNull(Type.String()) })),
  allowedValues: orNull(Type.Array(Type.Unknown())),
});

/** A value that may be chosen: a resolution or version has a name, an option has a value. */
export const AllowedValue = Type.Object({
  id: orNull(Type.String()),
  name: orNull(Type.String()),
  untranslatedName: orNull(Type.String()),
  value: orNull(Type.String()),
});

export const OfferedTransition = Type.Object({
  id: Type.String(),
  name: orNull(Type.String()),
  to: Status,
  hasScreen: orNull(Type.Boolean()),
  isAvailable: orNull(Type.Boolean()),
  isLooped: orNull(Type.Boolean()),
  isGlobal: orNull(Type.Boolean()),
  fields: orNull(Type.Record(Type.String(), Type.Unknown())),
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

/** An entry without items changed nothing, and an item without `fieldId` is known by its `field`. */
const Changelog = Type.Object({
  total: Type.Optional(Type.Integer()),
  histories: Type.Array(
    Type.Object({
      author: Type.Optional(Type.Union([Type.Object({ accountId: Type.Optional(Type.String()) }), Type.Null()])),
      created: Type.Optional(Type.String()),
      items: Type.Optional(Type.Array(Type.Object({ field: Type.Optional(Type.String()), fieldId: Type.Optional(Type.String()) }))),
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
  fields: Type.Object({
    resolution: Type.Union([
      Type.Object({ name: Type.Optional(Type.String()), untranslatedName: Type.Optional(Type.Unknown()) }),
      Type.Null(),
    ]),
  }),
});

/** `GET /resolution/search`: a page of the site's resolutions. */
export const ResolutionPage = Type.Object({
  isLast: Type.Optional(Type.Boolean()),
  values: Type.Array(Type.Object({ id: Type.String(), name: Type.String(), untranslatedName: Type.Optional(Type.Unknown()) })),
});

export type WireTransition = Static<typeof OfferedTransition>;
export type WireStatus = Static<typeof Status>;

/**
 * An issue with the fields that show whether it is ours. Its id and its key are enough to know that it is there. Evidence, so nothing is left
 * out.
 */
export const IssueOfOurs = Type.Object({
  id: Type.String({ pattern: '^\\d+$' }),
  key: Type.String(),
  fields: Type.Object({
    status: orNull(Status),
    creator: orNull(Type.Object({ accountId: orNull(Type.String()) })),
    labels: orNull(Type.Array(Type.String())),
    project: orNull(Type.Object({ key: Type.String() })),
    issuetype: orNull(Type.Object({ name: Type.String() })),
  }),
  properties: orNull(Type.Record(Type.String(), Type.Unknown())),
});

export type WireIssue = Static<typeof IssueOfOurs>;

/** `GET /issue/{id}/properties/{key}`. */
export const IssueProperty = Type.Object({ value: Type.Unknown() });

/**
 * A page of `POST /search/jql`. `warnings`: a part of the search has no answer, so that absence proves nothing. The same is true of an issue
 * that can't be read, so its reader counts them. Evidence, so nothing is left out.
 */
export const SearchPage = Type.Object({
  issues: Type.Array(Type.Unknown()),
  isLast: Type.Optional(Type.Boolean()),
  nextPageToken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  warnings: Type.Optional(Type.Array(Type.Unknown())),
});

/** What `POST /issue/bulkfetch` found; keys that do not exist are left out. Its issues are read one by one. */
export const BulkFetched = Type.Object({
  issues: Type.Array(Type.Unknown()),
  issueErrors: Type.Optional(Type.Array(Type.Object({ id: Type.String() }))),
});

/** A page of the issue types that may be created in a project: `GET /issue/createmeta/{project}/issuetypes`. Read one by one: pages are counted. */
export const CreatableTypes = Type.Object({ issueTypes: Type.Array(Type.Unknown()), total: Type.Optional(Type.Integer()) });

/** `untranslatedName` is not in the OpenAPI document, but in the answers of sites. */
export const CreatableType = Type.Object({
  id: Type.String({ pattern: '^\\d+$' }),
  name: Type.String(),
  subtask: Type.Optional(Type.Boolean()),
  untranslatedName: Type.Optional(Type.String()),
});

/** A page of a create screen: `GET /issue/createmeta/{project}/issuetypes/{id}`. Its fields are read one by one, so that an odd one hides no other. */
export const CreateScreenPage = Type.Object({ fields: Type.Array(Type.Unknown()), total: Type.Optional(Type.Integer()) });

export const CreateFieldMeta = Type.Object({
  fieldId: Type.String({ minLength: 1 }),
  name: Type.Optional(Type.String()),
  required: Type.Optional(Type.Boolean()),
  hasDefaultValue: Type.Optional(Type.Boolean()),
  schema: Type.Optional(
    Type.Object({
      type: Type.Optional(Type.String()),
      items: Type.Optional(Type.String()),
      system: Type.Optional(Type.String()),
      custom: Type.Optional(Type.String()),
    }),
  ),
  allowedValues: Type.Optional(Type.Array(Type.Unknown())),
});

/** A value of a create screen that may be chosen; an option of a cascading select has children. */
export const ChoiceMeta = Type.Object({
  id: Type.Optional(Type.String()),
  key: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  untranslatedName: Type.Optional(Type.String()),
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
export const ProjectStatuses = Type.Array(
  Type.Object({
    id: Type.Optional(Type.String()),
    name: Type.String(),
    untranslatedName: Type.Optional(Type.String()),
    statuses: Type.Array(Status),
  }),
);

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
