import { getCreateIssueMetaIssueTypeId, getCreateIssueMetaIssueTypes } from '../http/jira-js.ts';
import type { Static, TSchema } from 'typebox';
import type { Failure, FailureCode } from '../../issues/failure.ts';
import type { Answer } from '../http/answer.ts';
import { createFields, type CreateScreen } from './create-screen.ts';
import { namedSo, type Nameable } from './match-name.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { createKeptReads, type Got, type AcquirePermit } from '../rate/kept-reads.ts';
import { readEach } from '../http/read-part.ts';
import { CreatableType, CreatableTypes, CreateScreenPage } from '../http/wire.ts';

/** The result of reading a create screen. */
export type ScreenRead =
  | { readonly read: 'known'; readonly screen: CreateScreen; readonly ageMs: number }
  /** The project has no such type; `offered` are the types that it has. */
  | { readonly read: 'no-such-type'; readonly offered: readonly string[]; readonly ageMs: number }
  /** The project has several types of that name. */
  | { readonly read: 'ambiguous-type'; readonly among: readonly Nameable[]; readonly ageMs: number }
  | { readonly read: 'not-readable'; readonly failure: Failure }
  /** No permit was granted. */
  | { readonly read: 'put-off' };

/** The create screens of the site's projects, each read once and kept for hours. */
export interface CreateMeta {
  /**
   * Two calls when nothing is cached: the types of the project, and the fields of this one; one call where another type of the project was
   * read before.
   * @param acquire waits for a permit before each call; false: none was granted
   * @param maxAgeMs an older answer is read again; at most `KEEP_MS`
   */
  read(projectKey: string, issueType: string, acquire: AcquirePermit, maxAgeMs: number): Promise<ScreenRead>;
  /** The id of an issue type by a name, of the kept types of the project; null: it has none, or several, or can't be asked. */
  typeId(projectKey: string, issueType: string, acquire: AcquirePermit): Promise<string | null>;
  /** Forgets old screens of a project in which Jira has refused a create. @returns whether there were any, so that another read may help */
  refused(projectKey: string): boolean;
}

/** Screens change seldom, and after a refusal they are read again at once. */
export const KEEP_MS = 4 * 60 * 60_000;

/** A read this recent is not repeated. */
export const FRESH_MS = 60_000;

const PASSING: ReadonlySet<FailureCode> = new Set(['jira-server-error', 'jira-unreachable', 'jira-bad-answer']);

const PAGE = 200;
const MAX_PAGES = 20;

type IssueType = Nameable & { readonly id: string; readonly subtask: boolean };

export function createCreateMeta(calls: JiraCalls): CreateMeta {
  const types = createKeptReads<readonly IssueType[]>(calls.clock, KEEP_MS);
  const screens = createKeptReads<CreateScreen['fields']>(calls.clock, KEEP_MS);

  /** Asks once more after a passing fault: an issue that is filed without the answer would stay so. A slow Jira is not asked twice. */
  async function insist<S extends TSchema>(schema: S, ask: () => Promise<Answer>, acquire: AcquirePermit): Promise<Got<Static<S>>> {
    if (!(await acquire())) return 'no-permit';
    const parsed = parseAnswer(schema, await ask(), calls.clock.now());
    if (parsed.ok || !PASSING.has(parsed.failure.code) || parsed.failure.retry.when === 'after') return parsed;
    return (await acquire()) ? parseAnswer(schema, await ask(), calls.clock.now()) : 'no-permit';
  }

  async function pages<S extends TSchema, T>(
    schema: S,
    ask: (startAt: number) => Promise<Answer>,
    content: (page: Static<S>) => { readonly items: readonly T[]; readonly total: number | undefined },
    acquire: AcquirePermit,
  ): Promise<Got<readonly T[]>> {
    const all: T[] = [];
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const parsed = await insist(schema, () => ask(all.length), acquire);
      if (parsed === 'no-permit' || !parsed.ok) return parsed;
      const { items, total } = content(parsed.value);
      all.push(...items);
      // Without a total, a page that is not full is the last one.
      const isLast = total === undefined ? items.length < PAGE : all.length >= total;
      if (items.length === 0 || isLast) break;
    }
    return { ok: true, value: all };
  }

  async function readTypes(projectIdOrKey: string, acquire: AcquirePermit): Promise<Got<readonly IssueType[]>> {
    const ask = (startAt: number): Promise<Answer> =>
      calls.ask((client) => getCreateIssueMetaIssueTypes(client, { projectIdOrKey, startAt, maxResults: PAGE }));
    const read = await pages(CreatableTypes, ask, ({ issueTypes, total }) => ({ items: issueTypes, total }), acquire);
    if (read === 'no-permit' || !read.ok) return read;
    return {
      ok: true,
      value: readEach(CreatableType, read.value).map(({ name, subtask = false, ...type }) => ({ ...type, label: name, subtask })),
    };
  }

  const typesOf = (projectKey: string, acquire: AcquirePermit, maxAgeMs: number): ReturnType<typeof types.read> =>
    types.read(projectKey, maxAgeMs, () => readTypes(projectKey, acquire));

  async function readFields(projectIdOrKey: string, issueTypeId: string, acquire: AcquirePermit): Promise<Got<CreateScreen['fields']>> {
    const ask = (startAt: number): Promise<Answer> =>
      calls.ask((client) => getCreateIssueMetaIssueTypeId(client, { projectIdOrKey, issueTypeId, startAt, maxResults: PAGE }));
    const read = await pages(CreateScreenPage, ask, ({ fields, total }) => ({ items: fields, total }), acquire);
    return read === 'no-permit' || !read.ok ? read : { ok: true, value: createFields(read.value) };
  }

  return {
    async read(projectKey, issueType, acquire, maxAgeMs) {
      const listed = await typesOf(projectKey, acquire, maxAgeMs);
      if (listed.got === 'no-permit') return { read: 'put-off' };
      if (!listed.got.ok) return { read: 'not-readable', failure: listed.got.failure };
      const known = listed.got.value;
      if (known.length === 0) return { read: 'not-readable', failure: nothingOffered(projectKey) };
      const [type, ...others] = namedSo(known, issueType);
      if (type === undefined) return { read: 'no-such-type', offered: known.map(({ label }) => label), ageMs: listed.ageMs };
      if (others.length > 0) return { read: 'ambiguous-type', among: [type, ...others], ageMs: listed.ageMs };
      const fields = await screens.read(`${projectKey} ${type.id}`, maxAgeMs, () => readFields(projectKey, type.id, acquire));
      if (fields.got === 'no-permit') return { read: 'put-off' };
      if (!fields.got.ok) return { read: 'not-readable', failure: fields.got.failure };
      const screen = { projectKey, issueType: { id: type.id, name: type.label, subtask: type.subtask }, fields: fields.got.value };
      return { read: 'known', screen, ageMs: Math.max(listed.ageMs, fields.ageMs) };
    },
    async typeId(projectKey, issueType, acquire) {
      const { got } = await typesOf(projectKey, acquire, KEEP_MS);
      const [type, ...others] = got === 'no-permit' || !got.ok ? [] : namedSo(got.value, issueType);
      return type === undefined || others.length > 0 ? null : type.id;
    },
    refused(projectKey) {
      const forgotten = [
        types.forget((key) => key === projectKey, FRESH_MS),
        screens.forget((key) => key.startsWith(`${projectKey} `), FRESH_MS),
      ];
      return forgotten.includes(true);
    },
  };
}

/** Jira gives an empty list to an account that may not create issues there. */
function nothingOffered(projectKey: string): Failure {
  const message = `Jira offers no issue type to create in ${projectKey}; give the account the permission "Create issues" in the project`;
  return { code: 'jira-forbidden', message, words: null, retry: { when: 'seldom' } };
}
