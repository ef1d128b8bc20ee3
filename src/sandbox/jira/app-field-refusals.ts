import { isJsonObject, type Json } from '../../findings/json.ts';

/** The ids that exist are the labels of the options. */
interface Listing {
  readonly options: readonly { readonly label: string }[];
}

/** Jira's errors for the values of fields of apps, which list no choices; null: it takes the value. The wording for ids that do not exist is ours. */

/** Source: https://developer.atlassian.com/platform/teams/components/team-field-in-jira-rest-api/ */
export function refusesTeam(value: Json, field: Listing): string | null {
  const isTeam = typeof value === 'string' && /^(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-\d+)?)$/i.test(value);
  return isTeam && exists(value, field) ? null : `Team id '${shown(value)}' is not valid`;
}

/** `projectkey/request-type`, or the id of a request type. */
export function refusesRequestType(value: Json, field: Listing): string | null {
  if (typeof value !== 'string') return 'Operation value must be a string';
  return /^(?:\d+|[^\s/]+\/[^\s/]+)$/.test(value) && exists(value, field) ? null : `Request type '${value}' is not valid`;
}

export function refusesOrganization(value: Json, field: Listing): string | null {
  return typeof value === 'number' && exists(String(value), field) ? null : `Organization id '${shown(value)}' is not valid`;
}

export function refusesSprint(value: Json, field: Listing): string | null {
  if (typeof value !== 'number') return 'Number value expected as the Sprint id.';
  return exists(String(value), field) ? null : `Sprint with id '${value}' does not exist`;
}

/** Whether the id is among those of the field; without any, all are. */
function exists(id: string, { options }: Listing): boolean {
  return options.length === 0 || options.some(({ label }) => label === id);
}

/** Jira shows an object as its own server does. */
function shown(value: Json): string {
  if (isJsonObject(value)) return `JsonData{data=${JSON.stringify(value)}}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
