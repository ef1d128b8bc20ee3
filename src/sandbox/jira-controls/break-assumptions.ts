import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import type { BrokenAssumption } from '../jira/broken-assumptions.ts';
import { issueJson } from '../jira/issue-json.ts';
import { notOnScreen } from '../jira/issue-fields.ts';
import { listParameter, NO_SUCH_ISSUE, refusal, type Answer, type Call, type JiraRoute, type JiraSite } from '../jira/jira-route.ts';
import { EDITOR_ACCOUNT_ID } from '../jira/sandbox-accounts.ts';

/** How one request is answered where an assumption does not hold. @param as answers as Jira is assumed to */
type Otherwise = (call: Call, as: (call: Call) => Answer, site: JiraSite) => Answer;

interface Breach {
  readonly breaks: BrokenAssumption;
  /** Method and path of the route. */
  readonly on: string;
  readonly answer: Otherwise;
}

/** A new issue, or a change of one, stays unseen for this long, ms: longer than the way from one request to the next. */
const STALE_MS = 400;
const NEW_MS = 3_600_000;

const ISSUE = '/issue/:idOrKey';
const [CREATE, READ, EDIT] = ['POST /issue', `GET ${ISSUE}`, `PUT ${ISSUE}`];
const [SEARCH, BULK_FETCH, TRANSITION] = ['POST /search/jql', 'POST /issue/bulkfetch', `POST ${ISSUE}/transitions`];

/** The one place that breaks assumptions. `rate-headers` is about every answer, so serve-jira.ts does it. */
const BREACHES: readonly Breach[] = [
  { breaks: 'create-answer', on: CREATE, answer: (call, as) => withStatus(as(call), 201, 200) },
  { breaks: 'create-property', on: CREATE, answer: (call, as) => as(without(call, 'properties')) },
  {
    breaks: 'key-numbers',
    on: CREATE,
    answer(call, as, site) {
      const project = part(part(call.body, 'fields'), 'project');
      const key = isJsonObject(project) ? String(project['key']) : '';
      for (let skipped = 0; skipped < 1_000; skipped += 1) site.state.takeKey(key);
      return as(call);
    },
  },
  { breaks: 'creator-ours', on: READ, answer: (call, as) => changed(as(call), { creator: () => ({ accountId: EDITOR_ACCOUNT_ID }) }) },
  {
    breaks: 'creator-fixed',
    on: EDIT,
    answer(call, as) {
      const fields = part(call.body, 'fields');
      return isJsonObject(fields) && 'creator' in fields ? { status: 204 } : as(call);
    },
  },
  {
    breaks: 'not-found',
    on: READ,
    answer: (call, as, { state }) => (state.issue(call.params['idOrKey'] ?? '') === null ? refusal(403, ['No permission.']) : as(call)),
  },
  {
    breaks: 'read-fresh',
    on: READ,
    answer(call, as, site) {
      if (call.query.has('expand')) return as(call);
      const named = site.state.issue(call.params['idOrKey'] ?? '');
      const old = site.state.index.issues(STALE_MS).find(({ id }) => id === named?.id);
      const parts = { fields: listParameter(call.query, 'fields'), properties: listParameter(call.query, 'properties') };
      return old === undefined ? NO_SUCH_ISSUE : { status: 200, body: issueJson(site, old, parts) };
    },
  },
  { breaks: 'bulk-fetch-fresh', on: BULK_FETCH, answer: (call, as, site) => found(as(call), (issue) => !isNew(site, issue)) },
  {
    breaks: 'bulk-fetch-numbers',
    on: BULK_FETCH,
    answer(call, as, { state }) {
      const asked = part(call.body, 'issueIdsOrKeys');
      const unknown = Array.isArray(asked) && asked.some((key) => state.issue(String(key)) === null);
      return unknown ? refusal(400, ['There are issues that do not exist.']) : as(call);
    },
  },
  { breaks: 'search-lag', on: SEARCH, answer: (call, as, site) => found(as(call), (issue) => !isNew(site, issue)) },
  { breaks: 'label-search', on: SEARCH, answer: (call, as) => as(otherJql(call, /^labels in \("f2j-[^)]*\) OR /, '')) },
  { breaks: 'search-property', on: SEARCH, answer: (call, as) => as(without(call, 'properties')) },
  {
    breaks: 'updated-search',
    on: SEARCH,
    answer: (call, as) => found(as(call), () => !String(part(call.body, 'jql')).includes('updated >=')),
  },
  {
    breaks: 'creator-search',
    on: SEARCH,
    answer: (call, as) => as(otherJql(call, /creator = currentUser\(\)/, `creator = "${EDITOR_ACCOUNT_ID}"`)),
  },
  {
    breaks: 'label-delta',
    on: EDIT,
    answer(call, as) {
      const added = operations(call).flatMap((operation) => (isJsonObject(operation) ? (operation['add'] ?? []) : []));
      return added.length === 0 ? as(call) : as({ ...call, body: { fields: { labels: added } } });
    },
  },
  {
    breaks: 'edit-off-screen',
    on: EDIT,
    answer: (call, as) => (operations(call).length === 0 ? as(call) : refusal(400, [], { labels: notOnScreen('labels') })),
  },
  { breaks: 'comment-found', on: `GET ${ISSUE}/comment`, answer: (call, as) => eachIn(as(call), 'comments', anonymous) },
  {
    breaks: 'property-put',
    on: `PUT ${ISSUE}/properties/:propertyKey`,
    answer: (call, as) => withStatus(withStatus(as(call), 201, 204), 200, 204),
  },
  { breaks: 'property-in-edit', on: EDIT, answer: (call, as) => as(without(call, 'properties')) },
  {
    breaks: 'transition-list',
    on: READ,
    answer(call, as) {
      const answer = as(call);
      return isJsonObject(answer.body) && 'transitions' in answer.body ? { ...answer, body: { ...answer.body, transitions: [] } } : answer;
    },
  },
  { breaks: 'transition-answer', on: TRANSITION, answer: (call, as) => withStatus(as(call), 204, 202) },
  { breaks: 'transition-comment', on: TRANSITION, answer: (call, as) => as(without(call, 'update')) },
  {
    breaks: 'transition-resolution',
    on: TRANSITION,
    answer(call, as, { state }) {
      const answer = as(call);
      const issue = state.issue(call.params['idOrKey'] ?? '');
      if (issue !== null) state.put({ ...issue, resolution: null });
      return answer;
    },
  },
  { breaks: 'stale-transition', on: TRANSITION, answer: (call, as) => withStatus(as(call), 400, 204) },
  { breaks: 'history-author', on: READ, answer: (call, as) => histories(as(call), (all) => all.map(byAnother)) },
  {
    breaks: 'history-fresh',
    on: READ,
    answer: (call, as, { state }) =>
      histories(as(call), (all) => all.filter(({ created }) => Date.parse(String(created)) < state.now() - STALE_MS)),
  },
  { breaks: 'history-fields', on: READ, answer: (call, as) => histories(as(call), (all) => all.map(otherFieldIds)) },
];

/** Every route, with the answers of the assumptions that `faults.breaks` names. */
export function withBrokenAssumptions(routes: readonly JiraRoute[], site: JiraSite): JiraRoute[] {
  return routes.map((route) => {
    const breaches = BREACHES.filter(({ on }) => on === `${route.method} ${route.path}`);
    return {
      ...route,
      handle: breaches.reduce<JiraRoute['handle']>(
        (as, { breaks, answer }) =>
          (call) =>
            site.faults.breaks.includes(breaks) ? answer(call, as, site) : as(call),
        route.handle,
      ),
    };
  });
}

function withStatus(answer: Answer, from: number, to: number): Answer {
  return answer.status === from ? { ...answer, status: to } : answer;
}

function part(body: unknown, name: string): Json {
  return isJsonObject(body) ? (body[name] ?? {}) : {};
}

function operations(call: Call): readonly Json[] {
  const update = part(call.body, 'update');
  const labels = isJsonObject(update) ? update['labels'] : undefined;
  return Array.isArray(labels) ? labels : [];
}

function without(call: Call, name: string): Call {
  if (!isJsonObject(call.body)) return call;
  const { [name]: _, ...body } = call.body;
  return { ...call, body };
}

function otherJql(call: Call, pattern: RegExp, to: string): Call {
  return isJsonObject(call.body) ? { ...call, body: { ...call.body, jql: String(call.body['jql']).replace(pattern, to) } } : call;
}

function isNew({ state }: JiraSite, { id }: JsonObject): boolean {
  const created = state.issue(String(id))?.created;
  return created !== undefined && Date.parse(created) > state.now() - NEW_MS;
}

function found(answer: Answer, keeps: (issue: JsonObject) => boolean): Answer {
  return listIn(answer, 'issues', (all) => all.filter(keeps));
}

function eachIn(answer: Answer, name: string, change: (one: JsonObject) => JsonObject): Answer {
  return listIn(answer, name, (all) => all.map(change));
}

function listIn(answer: Answer, name: string, change: (all: readonly JsonObject[]) => readonly JsonObject[]): Answer {
  if (!isJsonObject(answer.body)) return answer;
  const list = answer.body[name];
  return Array.isArray(list) ? { ...answer, body: { ...answer.body, [name]: [...change(list.filter(isJsonObject))] } } : answer;
}

function changed(answer: Answer, fields: Readonly<Record<string, () => Json>>): Answer {
  if (!isJsonObject(answer.body) || !isJsonObject(answer.body['fields'])) return answer;
  const known = answer.body['fields'];
  const others = Object.entries(fields).flatMap(([name, value]): [string, Json][] => (name in known ? [[name, value()]] : []));
  return { ...answer, body: { ...answer.body, fields: { ...known, ...Object.fromEntries(others) } } };
}

function histories(answer: Answer, change: (all: readonly JsonObject[]) => readonly JsonObject[]): Answer {
  if (!isJsonObject(answer.body) || !isJsonObject(answer.body['changelog'])) return answer;
  const { body: log } = listIn({ status: 200, body: answer.body['changelog'] }, 'histories', change);
  const shown = isJsonObject(log) && Array.isArray(log['histories']) ? log['histories'].length : 0;
  return { ...answer, body: { ...answer.body, changelog: { ...(isJsonObject(log) ? log : {}), total: shown } } };
}

function anonymous(comment: JsonObject): JsonObject {
  return { ...comment, author: null };
}

function byAnother(entry: JsonObject): JsonObject {
  return { ...entry, author: { accountId: EDITOR_ACCOUNT_ID } };
}

function otherFieldIds(entry: JsonObject): JsonObject {
  const items = Array.isArray(entry['items']) ? entry['items'].filter(isJsonObject) : [];
  return {
    ...entry,
    items: items.map((item) => (item['fieldId'] === 'summary' ? { ...item, fieldId: 'customfield_1', field: 'Title' } : item)),
  };
}
