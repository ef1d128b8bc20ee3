/**
 * What an action lets somebody do, the least first. `read`: see what is there, or copy it. `use`: have it work for them, such as invoking
 * a function, assuming a role or decrypting with a key. `write`: change what is there. `administer`: change who has access, or do away with it.
 */
export type AccessLevel = 'read' | 'use' | 'write' | 'administer';

/*
 * IAM compares actions without regard to case.
 * Source of the names: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */

/** Only looks, or takes a copy. `ESHttpGet` is OpenSearch's. */
const READING =
  /^(?:(?:batch|partiql|transact|eshttp)?(?:get|list|describe|head|select)|(?:batch|condition)?check|query|scan|search|receive|subscribe|view|lookup|read|download|copy\w*snapshot|restore\w*snapshot|createvolume$|clientmount$)/;

/** Not what the resource holds, but what it does. */
const USING =
  /^(?:invoke|assumerole|tagsession$|setsourceidentity$|setcontext$|encrypt|decrypt|reencrypt|generatedatakey|generatemac|verify|sign$|derivesharedsecret)/;

/** Changes who has access. */
const GRANTING =
  /^(?:(?:put|create|delete|set|add|remove|attach|detach|update|modify|revoke|replace)\w*(?:policy|acl|permissions?|grant|publicaccessblock|ownershipcontrols)$|set(?:queue|topic)attributes$|modify\w*snapshotattribute$)/;

/** Does away with the resource itself. */
const ENDING =
  /^(?:schedulekeydeletion|disablekey|delete(?:bucket|queue|topic|table|repository|function|secret|filesystem|stream|domain|vault|backupvault|snapshot|dbsnapshot|dbclustersnapshot|restapi|accesspoint|role))$/;

/** Covers more than one action, and among the names that begin so are such as grant: `Put*`, `PutObject*`. */
const COVERING = /^(?!send|publish|upload|abort|replicate)[a-z]*\*/;

/** The level of one action such as `s3:GetObject`. What is neither known as reading nor as using counts as writing. Pure. */
export function accessLevel(action: string): AccessLevel {
  const name = action.slice(action.indexOf(':') + 1).toLowerCase();
  if (READING.test(name)) return 'read';
  if (USING.test(name)) return 'use';
  return [GRANTING, ENDING, COVERING].some((form) => form.test(name)) ? 'administer' : 'write';
}
