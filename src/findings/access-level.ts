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

/** Changes who has access. */
const GRANTING =
  /^(?:(?:put|create|delete|set|add|remove|attach|detach|update|modify|revoke|replace)\w*(?:policy|acl|permissions?|grant|publicaccessblock|ownershipcontrols)$|set(?:queue|topic)attributes$|modify\w*snapshotattribute$)/;

/** Deletes or disables the resource itself. */
const ENDING =
  /^(?:schedulekeydeletion|disablekey|delete(?:bucket|queue|topic|table|repository|function|secret|filesystem|stream|domain|vault|backupvault|snapshot|dbsnapshot|dbclustersnapshot|restapi|accesspoint|role))$/;

/** A wildcard that may include actions that grant access: `Put*`, `PutObject*`. */
const COVERING = /^(?!send|publish|upload|abort|replicate)[a-z]*\*/;

/** Maximum characters; AWS's longest actions have half as many. */
const MAX_ACTION = 160;

/** The level of one action such as `s3:GetObject`. An unknown action counts as writing. Pure. */
export function accessLevel(action: string): AccessLevel {
  const name = action.slice(action.indexOf(':') + 1, MAX_ACTION).toLowerCase();
  if (READING.test(name)) return 'read';
  if (USING.test(name)) return 'use';
  return [GRANTING, ENDING, COVERING].some((form) => form.test(name)) ? 'administer' : 'write';
}
