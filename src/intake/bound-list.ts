import { isJsonObject, type Json, type JsonObject } from '../findings/json.ts';

/** The entries that are kept of a list of any length: no issue shows more, and every pass reads them. */
export const MAX_ENTRIES = 200;
const MAX_ACTIONS = 200;
const MAX_ACTIONS_IN_ALL = 2_000;
const MAX_STEPS = 20;
/** A managed policy has at most 6,144 characters, and all inline policies of a role together 10,240. A cut policy would be another policy. */
const MAX_CHARACTERS = 20_000;

export interface BoundList {
  readonly list: readonly JsonObject[];
  /** True when something was left out. */
  readonly isCut: boolean;
}

/** Cuts `findingDetails`: at most 200 entries, and of each at most 200 actions, 2,000 in all. */
export function boundDetails(all: readonly JsonObject[]): BoundList {
  let left = MAX_ACTIONS_IN_ALL;
  let isCut = all.length > MAX_ENTRIES;
  const list = all.slice(0, MAX_ENTRIES).map((entry) => {
    const permission = entry['unusedPermissionDetails'];
    const actions = isJsonObject(permission) ? permission['actions'] : null;
    if (!isJsonObject(permission) || !Array.isArray(actions)) return entry;
    const kept = actions.slice(0, Math.min(MAX_ACTIONS, left));
    left -= kept.length;
    isCut ||= kept.length < actions.length;
    return { ...entry, unusedPermissionDetails: { ...permission, actions: kept } };
  });
  return { list, isCut };
}

/** Cuts `recommendedSteps`: at most 20, and none with a policy that is longer than AWS allows. */
export function boundSteps(all: readonly JsonObject[]): BoundList {
  const list = all.filter((step) => JSON.stringify(step).length <= MAX_CHARACTERS).slice(0, MAX_STEPS);
  return { list, isCut: list.length < all.length };
}

/** The SDK's values as JSON: times in ISO 8601, and union members that the SDK does not know under their own names. */
export function plainList(values: readonly object[] | undefined): readonly JsonObject[] {
  const plain: Json = JSON.parse(JSON.stringify((values ?? []).map(namedMember)));
  return Array.isArray(plain) ? plain.filter(isJsonObject) : [];
}

function namedMember(member: object): object {
  const unknown: unknown = '$unknown' in member ? member.$unknown : null;
  if (!Array.isArray(unknown)) return member;
  const [name, value] = unknown;
  return typeof name === 'string' ? { [name]: value } : member;
}
