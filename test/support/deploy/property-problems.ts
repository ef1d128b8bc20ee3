import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Property, PropertyType, Resource } from '@aws-cdk/service-spec-types';
import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';

/** AWS's own description of every resource type. */
const SPEC = loadAwsServiceSpecSync();

export function resourceType(name: string): Resource | undefined {
  return SPEC.lookup('resource', 'cloudFormationType', 'equals', name)[0];
}

/** Whether CloudWatch has a metric, as far as AWS describes it for CloudFormation. */
export function knowsMetric(namespace: string, name: string): boolean {
  return SPEC.lookup('metric', 'namespace', 'equals', namespace).some((metric) => metric.name === name);
}

/** Unknown types and properties, missing ones, and values of the wrong kind; one line each, with its path. */
export function propertyProblems(resources: JsonObject): readonly string[] {
  return Object.entries(resources).flatMap(([name, resource]) => {
    const { Type: type, Properties: properties = {} } = isJsonObject(resource) ? resource : {};
    const known = resourceType(String(type));
    return known === undefined ? [`${name}: there is no type ${String(type)}`] : membersOf(properties, known.properties, name);
  });
}

function membersOf(value: Json, known: Readonly<Record<string, Property>>, path: string): readonly string[] {
  if (!isJsonObject(value)) return [`${path}: expected an object`];
  const missing = Object.entries(known).flatMap(([name, { required }]) =>
    required === true && value[name] === undefined ? [`${path}: ${name} is required`] : [],
  );
  const wrong = Object.entries(value).flatMap(([name, inner]) => {
    const property = known[name];
    return property === undefined ? [`${path}: there is no property ${name}`] : valueProblems(inner, property.type, `${path}.${name}`);
  });
  return [...missing, ...wrong];
}

function valueProblems(value: Json, type: PropertyType, path: string): readonly string[] {
  switch (type.type) {
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((item: Json, at) => valueProblems(item, type.element, `${path}[${at}]`))
        : [`${path}: expected a list`];
    case 'map':
      return isJsonObject(value)
        ? Object.entries(value).flatMap(([name, inner]) => valueProblems(inner, type.element, `${path}.${name}`))
        : [`${path}: expected an object`];
    case 'ref':
      return membersOf(value, SPEC.get('typeDefinition', type.reference.$ref).properties, path);
    case 'tag':
      return membersOf(value, { Key: TEXT, Value: TEXT }, path);
    case 'union': {
      const tried = type.types.map((one) => valueProblems(value, one, path));
      return tried.find((problems) => problems.length === 0) ?? tried[0] ?? [];
    }
    default:
      return plainProblems(value, type, path);
  }
}

const TEXT: Property = { type: { type: 'string' }, required: true };

/** Values of types that have no others inside; CloudFormation takes a text for each of them. */
function plainProblems(value: Json, type: PropertyType, path: string): readonly string[] {
  const text = typeof value === 'object' ? '' : String(value);
  switch (type.type) {
    case 'string':
      if (typeof value === 'object') return [`${path}: expected a string`];
      return type.allowedValues?.includes(text) === false ? [`${path}: expected one of ${type.allowedValues.join(', ')}`] : [];
    case 'integer':
    case 'number':
      return /^-?[0-9.]+$/.test(text) ? [] : [`${path}: expected a number`];
    case 'boolean':
      return /^(?:true|false)$/.test(text) ? [] : [`${path}: expected true or false`];
    case 'json':
      return typeof value === 'object' && value !== null ? [] : [`${path}: expected an object`];
    default:
      throw new Error(`${path}: AWS describes it as ${type.type}, which is not known here`);
  }
}
