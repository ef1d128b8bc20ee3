/** What a request does, as Jira's limits see it. */
export interface Operation {
  /** Method and path after `/rest/api/3` with `*` for every id, such as `POST /issue`. */
  readonly endpoint: string;
  /** Id or key of the issue that it is about; null: none. */
  readonly issue: string | null;
}

const VERSION = '/rest/api/3/';
const ID = /^(\d+|[A-Z][A-Z0-9_]*-\d+)$/;

/** A project's key follows these, which looks like any other word. */
const BEFORE_ID: ReadonlySet<string> = new Set(['createmeta', 'project']);

/** @param path from `/rest/api/3/` on, without a query */
export function operationOf(method: string, path: string): Operation {
  const segments = path.slice(VERSION.length).split('/');
  const [first, second = ''] = segments;
  const endpoint = `${method} /${segments.map((segment, at) => (ID.test(segment) || BEFORE_ID.has(segments[at - 1] ?? '') ? '*' : segment)).join('/')}`;
  return { endpoint, issue: first === 'issue' && ID.test(second) ? second : null };
}
