import { ALSO_PERMISSION_ACTIONS, PERMISSION_ACTIONS } from './permission-actions.ts';

/**
 * The effect of an action, the weakest first. `read`: see or copy the content. `use`: put the resource to work, such as invoking a
 * function, assuming a role or decrypting with a key. `write`: change the content. `administer`: change who has access, or delete the
 * resource.
 */
export type AccessLevel = 'read' | 'use' | 'write' | 'administer';

/*
 * IAM compares actions without regard to case.
 * Source of the names: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */

/** Reads or copies. `ESHttpGet` is OpenSearch's. */
const READING =
  /^(?:(?:batch|partiql|transact|eshttp)?(?:get|list|describe|head|select)|(?:batch|condition)?check|query|scan|search|receive|subscribe|view|lookup|read|download|copy\w*snapshot|restore\w*snapshot|createvolume$|clientmount$)/;

/** Uses the function of the resource, not its content. */
const USING =
  /^(?:invoke|assumerole|tagsession$|setsourceidentity$|setcontext$|encrypt|decrypt|reencrypt|generatedatakey|generatemac|verify|sign$|derivesharedsecret)/;

/** Changes who has access, by its name: for services that the list lacks. */
const GRANTING =
  /^(?:(?:put|create|delete|set|add|remove|attach|detach|update|modify|revoke|retire|replace)\w*(?:policy|acl|permissions?|grant|publicaccessblock)$|modify\w*snapshotattribute$)/;

/** Deletes or disables the resource itself. */
const ENDING = namesIn(
  `ScheduleKeyDeletion DisableKey DeleteBucket DeleteQueue DeleteTopic DeleteTable DeleteRepository DeleteFunction DeleteSecret
  DeleteFileSystem DeleteStream DeleteDomain DeleteVault DeleteBackupVault DeleteSnapshot DeleteDBSnapshot DeleteDBClusterSnapshot
  DeleteRestApi DeleteAccessPoint DeleteRole`,
);

/** A wildcard that may include actions that grant access, in a service that the list lacks: `Put*`, `PutObject*`. */
const COVERING = /^(?!send|publish|upload|abort|replicate)[a-z]*[*?]/;

/** By service, in small letters. */
const LISTED: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(PERMISSION_ACTIONS).map(([service, names]) => [
    service,
    namesIn(`${names} ${Object.hasOwn(ALSO_PERMISSION_ACTIONS, service) ? ALSO_PERMISSION_ACTIONS[service] : ''}`),
  ]),
);

/** Maximum characters; AWS's longest actions have half as many. */
const MAX_ACTION = 160;

/**
 * The level of one action such as `s3:GetObject`; one with `*` or `?` has the level of the strongest that it includes. Where AWS's own list
 * of permission management knows the service, that list decides, otherwise the name. An unknown action counts as writing. Pure.
 */
export function accessLevel(action: string): AccessLevel {
  const whole = action.slice(0, MAX_ACTION).toLowerCase();
  const colon = whole.indexOf(':');
  const [service, name] = colon === -1 ? ['*', whole] : [whole.slice(0, colon), whole.slice(colon + 1)];
  if (isListed(service, name)) return 'administer';
  if (READING.test(name)) return 'read';
  if (USING.test(name)) return 'use';
  if (includesOne(name, ENDING)) return 'administer';
  return !LISTED.has(service) && (GRANTING.test(name) || COVERING.test(name)) ? 'administer' : 'write';
}

/** A service with a wildcard may be any of them. */
function isListed(service: string, name: string): boolean {
  const names = LISTED.get(service);
  if (names !== undefined || !HAS_WILDCARD.test(service)) return names !== undefined && includesOne(name, names);
  for (const [known, others] of LISTED) if (includesOne(name, others) && includes(service, known)) return true;
  return false;
}

const HAS_WILDCARD = /[*?]/;

function includesOne(name: string, names: ReadonlySet<string>): boolean {
  return names.has(name) || (HAS_WILDCARD.test(name) && [...names].some((one) => includes(name, one)));
}

/** Whether a pattern of IAM takes a name: `*` is any text, `?` any character. Takes at most their two lengths multiplied, in steps. */
function includes(pattern: string, name: string): boolean {
  let [at, from, star, starFrom] = [0, 0, -1, 0];
  while (from < name.length) {
    const wanted = pattern.charAt(at);
    if (wanted === '*') [star, starFrom, at] = [at, from, at + 1];
    else if (wanted === '?' || wanted === name.charAt(from)) [at, from] = [at + 1, from + 1];
    else if (star === -1) return false;
    else [at, starFrom, from] = [star + 1, starFrom + 1, starFrom + 1];
  }
  return /^\**$/.test(pattern.slice(at));
}

function namesIn(names: string): ReadonlySet<string> {
  return new Set(
    names
      .toLowerCase()
      .split(/\s+/)
      .filter((name) => name !== ''),
  );
}
