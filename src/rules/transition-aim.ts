import { Type, type Static } from 'typebox';
import type { JsonObject } from '../findings/json.ts';
import { Name } from './rule-words.ts';

/*
 * Every description below completes the sentence "expected ..." when a value is refused, and appears in the API's documentation.
 */

const Fields = Type.Unsafe<JsonObject>({
  type: 'object',
  propertyNames: { pattern: '^(?!(?:resolution|comment)$)[a-z][A-Za-z0-9_]{0,99}$' },
  maxProperties: 50,
  description:
    'an object of at most 50 Jira field ids such as customfield_10042, but neither resolution nor comment, and their values as the REST API takes them',
});

/** Where an issue is reopened to, and the values that the workflow asks for on the way. */
export const ReopenAim = Type.Object(
  { status: Type.Optional(Name('To Do')), transition: Type.Optional(Name('Reopen')), fields: Type.Optional(Fields) },
  { additionalProperties: false, description: 'an object with status, transition, fields or some of them' },
);
export type ReopenAim = Static<typeof ReopenAim>;

const CLOSE_AIM = {
  status: Type.Optional(Name('Done')),
  transition: Type.Optional(Name('Resolve issue')),
  resolution: Type.Optional(Name('Done')),
  fields: Type.Optional(Fields),
};

/** Where an issue is closed to, its resolution, and the values that the workflow asks for on the way. */
const CloseAim = Type.Object(CLOSE_AIM, {
  additionalProperties: false,
  description: 'an object with status, transition, resolution, fields or some of them',
});

/** How a rule closes issues: in general, and by what became of the finding. */
export const CloseAims = Type.Object(
  {
    ...CLOSE_AIM,
    resolved: Type.Optional(CloseAim),
    archived: Type.Optional(CloseAim),
    unmonitored: Type.Optional(CloseAim),
  },
  {
    additionalProperties: false,
    description: 'an object with status, transition, resolution and fields, or with these below resolved, archived or unmonitored',
  },
);
export type CloseAims = Static<typeof CloseAims>;

/**
 * What became of the findings of an issue that is closed. `resolved`: the access is gone. `archived`: it was accepted in AWS. `unmonitored`:
 * it is not known, or the rules no longer ask.
 */
export const CLOSE_OUTCOMES = ['resolved', 'archived', 'unmonitored'] as const;
export type CloseOutcome = (typeof CLOSE_OUTCOMES)[number];

/** What a rule says of one transition to the other side. Status and transition by id, name or untranslated name. */
export interface TransitionAim {
  /** Where it arrives. */
  readonly status?: string;
  /** The transition that arrives there. */
  readonly transition?: string;
  readonly resolution?: string;
  /** Values by field id, as the REST API takes them. */
  readonly fields?: JsonObject;
}

/**
 * What a rule says of a close with this outcome; null: nothing. The outcome's part goes before the general one: a status or transition there
 * replaces both, since one belongs to the other; so does a resolution; fields are combined one by one. Pure.
 * @param outcome `duplicate`: only the general part counts
 */
export function closeAim(aims: CloseAims | undefined, outcome: CloseOutcome | 'duplicate'): TransitionAim | null {
  if (aims === undefined) return null;
  const { resolved, archived, unmonitored, ...general } = aims;
  const own = { resolved, archived, unmonitored, duplicate: undefined }[outcome];
  if (own === undefined) return Object.keys(general).length === 0 ? null : general;
  const { status: _status, transition: _transition, ...wayless } = general;
  const namesWay = own.status !== undefined || own.transition !== undefined;
  const fields = { ...general.fields, ...own.fields };
  const aim = { ...(namesWay ? wayless : general), ...own };
  return Object.keys(fields).length === 0 ? aim : { ...aim, fields };
}
