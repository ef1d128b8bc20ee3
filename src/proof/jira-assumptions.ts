import type { Assumptions } from './assumption.ts';

/** All that the protocol takes for granted of Jira (docs/protocol.md), in the order of the checks. */
export const JIRA_ASSUMPTIONS = {
  'key-numbers': {
    assumed: 'A new issue gets a number above the newest one of the project, and at most a hundred above it where few are made',
    check: 'The newest number is searched for before the create and compared with the key of the answer',
  },
  'create-answer': {
    assumed: '`POST /issue` answers 201 with id and key in JSON',
    check: 'The test issue is created with the call of the service',
  },
  'bulk-fetch-fresh': {
    assumed: 'Bulk fetch shows an issue right after its create',
    check: 'A bulk fetch by id is the first request after the create',
  },
  'read-fresh': {
    assumed: '`GET /issue` shows a create and an edit at once',
    check: 'The issue is read right after its create and right after labels were added',
  },
  'create-property': {
    assumed: 'A property in the body of the create is stored',
    check: "The issue's property is compared with the one that was sent",
  },
  'creator-ours': {
    assumed: 'The creator of an issue is the account of the token that created it',
    check: 'The creator is compared with the answer of `GET /myself`',
  },
  'not-found': {
    assumed: 'An issue that does not exist is answered 404 in JSON',
    check: 'An issue number far above all others is read',
  },
  'edit-off-screen': {
    assumed: 'An edit checks no screen: it adds labels that the create screen lacks',
    check: 'Labels are added right after the create, in a project whose create screen has none',
  },
  'bulk-fetch-numbers': {
    assumed: 'A bulk fetch of a hundred issue numbers shows those that exist and leaves the others out without an error',
    check: 'The lookup of an uncertain create is made; its answer has the issue and no `issueErrors`',
  },
  'search-lag': {
    assumed: 'Search finds a new issue within `JIRA_UNCERTAIN_WINDOW_MS`',
    check: 'The searches are repeated until one finds the issue; the time is printed',
  },
  'label-search': {
    assumed: "Search finds an issue of the index by its group's label",
    check: 'The search of the lookup is repeated until it finds the issue',
  },
  'search-property': {
    assumed: 'A search that asks for a property shows it',
    check: 'The property in the answer of the search is compared with the one that was sent',
  },
  'updated-search': {
    assumed: '`updated >=` with minutes finds an issue that was just created or changed',
    check: 'The search of the sweep is repeated until it finds the issue',
  },
  'label-delta': {
    assumed: 'Labels that are added or removed one by one leave the other labels as they are, and the edit answers 204',
    check: 'A label is added and the labels are read; later the labels of the marker are removed',
  },
  'comment-found': {
    assumed: 'A comment is answered 201, and found again among the newest with its author and its words',
    check: 'A comment is added, and then asked for as after a crash: it is not added a second time',
  },
  'property-put': {
    assumed: 'A property is written with 201 when it is new and 200 when it is replaced',
    check: 'A second property is written twice and read',
  },
  'property-in-edit': {
    assumed: 'An edit of fields stores a property in the same request',
    check: 'The summary and the property are updated with the call of the service and read',
  },
  'history-fields': {
    assumed: 'The history has an edit under the id of its field',
    check: 'The history is searched for the edit of the summary',
  },
  'creator-fixed': {
    assumed: 'The creator of an issue cannot be changed',
    check: 'An edit sets the creator, to our own account; it must be refused',
  },
  'creator-search': {
    assumed: '`creator = currentUser()`, with `created` and without our label, finds an issue whose labels a person has removed',
    check: 'The labels of the marker are removed, and the search of the lookup is repeated until it finds the issue',
  },
  'transition-list': {
    assumed: 'An issue that is read with `expand=transitions` lists its transitions in the form of the OpenAPI document',
    check: 'The issue is read, and its transitions are parsed',
  },
  'transition-answer': {
    assumed: 'A transition is answered 204, and the issue has its status then',
    check: 'The issue is closed with the call of the service and read',
  },
  'transition-comment': {
    assumed: 'A transition with a screen adds the comment of the same request',
    check: 'The closing comment is looked for, where the transition has a screen',
  },
  'transition-resolution': {
    assumed: 'A transition whose screen has the resolution sets the one of the same request',
    check: 'The resolution is read, where the screen of the transition has it',
  },
  'history-fresh': {
    assumed: 'The history shows a transition at once',
    check: 'The history is read right after the transition',
  },
  'history-author': {
    assumed: "The history names the token's account as the author of its transition",
    check: 'The author is compared with the answer of `GET /myself`, as where a close by a person counts',
  },
  'stale-transition': {
    assumed: 'A transition that the status does not offer is refused with 400 or 409, and changes nothing',
    check: 'A transition of the former status is sent once more, where the closed status does not offer it',
  },
  'rate-headers': {
    assumed: 'Answers announce the limit in `X-RateLimit-Limit` and `X-RateLimit-Remaining`, as numbers',
    check: 'The headers of all answers are read',
  },
  'property-writers': {
    assumed: 'Edit permission is enough to write the properties of an issue, and nothing less is',
    check:
      'By a person: write and read the property as an account that may edit issues, and as one that may only browse; the doctor names the kinds of holders of the permission if it may read the scheme',
    unobservable: 'the doctor has one account only',
  },
  'retry-after': {
    assumed: '`Retry-After` is a number of seconds or an HTTP date',
    check: 'By a person: the log of the service names each rate limit that Jira asked for',
    unobservable: 'Jira sends it only when a limit is exceeded',
  },
  'refused-unread': {
    assumed: 'A create that is answered 401, 425 or 429 was not carried out',
    check: 'By a person: after a day with rate limits, the sweep has closed no duplicates',
    unobservable: 'the doctor does not exceed limits',
  },
  'moved-issue': {
    assumed: 'An issue that was moved keeps its id, is read by it, and shows its new key',
    check: 'By a person: move a closed test issue to another project and call `GET /issue` with its id',
    unobservable: 'the API that the service uses cannot move an issue',
  },
  'clone-property': {
    assumed: 'A clone copies labels and no properties, and its creator is the person who cloned',
    check: 'By a person: clone a closed test issue and read the properties of the clone',
    unobservable: 'only people can clone',
  },
  'link-repeated': {
    assumed: 'A link that exists already counts as made',
    check: 'By a person: link two closed test issues twice with the API',
    unobservable: 'the doctor makes one issue only',
  },
  'internal-comment': {
    assumed: 'In a service project, `sd.public.comment` keeps a comment from customers',
    check: 'By a person: look at the closing comment of the test issue as a customer',
    unobservable: 'the account sees internal comments, too',
  },
} as const satisfies Assumptions;

export type JiraAssumption = keyof typeof JIRA_ASSUMPTIONS;
