import type { Json } from '../../findings/json.ts';
import { chosen, type Choice } from '../project/create-screen.ts';
import { expected, offered, taken, type FieldValue } from './value-forms.ts';

type Choices = readonly Choice[] | null;

/**
 * The value of a field whose kind of its own says more than its type: Jira shows an object, or a list of them, and takes a bare text or
 * number. Null: not of these kinds. Pure.
 */
export function readByKind(kind: string, given: Json, choices: Choices): FieldValue | null {
  const read = Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  return read === undefined ? null : read(given, choices);
}

/** The kinds of fields that name an Atlassian team. */
const TEAM_KINDS: readonly string[] = ['rm-teams-custom-field-team', 'atlassian-team'];

export function isTeamKind(kind: string): boolean {
  return TEAM_KINDS.includes(kind);
}

const READERS: Readonly<Record<string, (given: Json, choices: Choices) => FieldValue>> = {
  ...Object.fromEntries(TEAM_KINDS.map((kind) => [kind, readTeam])),
  'vp-origin': readRequestType,
  'sd-customer-organizations': readOrganizations,
  'gh-epic-link': (given) =>
    typeof given === 'string' && /^[A-Z][A-Z0-9_]*-\d+$/.test(given) ? taken(given) : expected('the key of an issue, such as SEC-12'),
  'gh-sprint': (given, choices) => (isId(given) ? taken(given) : expected(`a number, the id of a sprint such as 37${offered(choices)}`)),
};

/** A UUID, with a number behind it where the team is older; or a number alone where it is older still. */
const TEAM_ID = /^(?:\d{1,18}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-\d{1,18})?)$/i;

/**
 * Jira looks no team up by its name: the public API of teams needs the id of the organization and a right there, and create screens list no
 * teams. Where a screen lists them all the same, a name will do.
 * Source: https://developer.atlassian.com/platform/teams/components/team-field-in-jira-rest-api/
 */
function readTeam(given: Json, choices: Choices): FieldValue {
  const listed = choices === null || choices.length === 0 ? null : choices;
  if (typeof given === 'string' && listed !== null) {
    const choice = listed.find(({ id }) => id === given) ?? chosen(listed, given);
    if (choice !== undefined) return taken(choice.id ?? choice.label);
  } else if (typeof given === 'string' && TEAM_ID.test(given)) return taken(given);
  return expected(
    `the id of a team as a text, such as 36885b3c-1bf0-4f85-a357-c5b858c31de4: the end of the address of the team's page, behind /team/${
      listed === null ? "; a name can't be looked up" : `; or ${offered(listed).slice(2)}`
    }`,
  );
}

/** Jira takes the keys of portal and request type, or the id of the request type as a text; an object is refused with "Operation value must be a string". */
function readRequestType(given: Json, choices: Choices): FieldValue {
  return typeof given === 'string' && /^(?:\d{1,18}|[^\s/]{1,100}\/[^\s/]{1,150})$/.test(given)
    ? taken(given)
    : expected(`a text of the project's key in small letters and the key of a request type, such as sec/cloud-finding${offered(choices)}`);
}

function readOrganizations(given: Json, choices: Choices): FieldValue {
  return Array.isArray(given) && given.every(isId)
    ? taken(given)
    : expected(`a list of numbers, the ids of organizations, such as [322]${offered(choices)}`);
}

function isId(given: Json): boolean {
  return typeof given === 'number' && Number.isSafeInteger(given) && given > 0;
}
