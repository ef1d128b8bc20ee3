import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';
import { listOf, objectIn } from './read-template.ts';

/** One action that a role allows, on one resource. */
export interface Right {
  readonly action: string;
  readonly resource: string;
}

/** Everything that a role's own policies allow. */
export function rightsOf(resources: JsonObject, role: string): readonly Right[] {
  return statementsOf(resources, role).flatMap((statement) =>
    listOf(statement['Action']).flatMap((action) =>
      listOf(statement['Resource']).map((resource) => ({ action: String(action), resource: String(resource) })),
    ),
  );
}

function statementsOf(resources: JsonObject, role: string): readonly JsonObject[] {
  const properties = objectIn(objectIn(resources, role), 'Properties');
  return listOf(properties['Policies'])
    .flatMap((policy) => listOf(objectIn(policy, 'PolicyDocument')['Statement']))
    .filter(isJsonObject);
}

/** What is granted and not needed, and what is needed and not granted; one line each. */
export function rightsProblems(granted: readonly string[], needed: readonly string[]): readonly string[] {
  return [
    ...granted.filter((action) => !needed.includes(action)).map((action) => `${action} is granted, and no call needs it`),
    ...needed.filter((action) => !granted.includes(action)).map((action) => `${action} is needed, and not granted`),
  ].toSorted();
}

/**
 * Actions for which AWS knows no resource, so that a policy must say `*`.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const WITHOUT_RESOURCE = [
  'access-analyzer:ListAnalyzers',
  'cloudtrail:LookupEvents',
  'ecr:GetAuthorizationToken',
  'organizations:ListAccounts',
  'tag:GetResources',
];

/** Statements of any policy in a stack that allow an action on everything, or every action, although AWS takes less. */
export function wildcardProblems(resources: JsonObject): readonly string[] {
  return Object.entries(resources).flatMap(([name, resource]) => {
    // In a key policy, the resource is always the key, and the account's own policies decide further.
    if (objectIn({ resource }, 'resource')['Type'] === 'AWS::KMS::Key') return [];
    return allowingStatements(resource).flatMap((statement) => {
      const [actions, on] = [listOf(statement['Action']), listOf(statement['Resource'])].map((list) => list.map(String));
      const wide = (on ?? []).includes('*') ? (actions ?? []).filter((action) => !WITHOUT_RESOURCE.includes(action)) : [];
      return [
        ...wide.map((action) => `${name}: ${action} on every resource`),
        ...(actions ?? []).filter((action) => action.includes('*')).map((action) => `${name}: ${action} is many actions`),
      ];
    });
  });
}

/** Objects inside a value that are statements of a policy with the effect to allow. */
function allowingStatements(value: Json): readonly JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(allowingStatements);
  if (!isJsonObject(value)) return [];
  return value['Effect'] === 'Allow' ? [value] : Object.values(value).flatMap(allowingStatements);
}
