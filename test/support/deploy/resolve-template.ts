import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';
import { objectIn } from './read-template.ts';

/** A stack as CloudFormation would make it of a template and parameters: without functions, and without what a condition leaves out. */
export interface ResolvedStack {
  readonly resources: JsonObject;
  readonly outputs: JsonObject;
  /** Attributes that were asked for, as `Resource.Attribute`. */
  readonly attributes: readonly string[];
  /** Parameters and conditions that something uses. */
  readonly used: ReadonlySet<string>;
  /** References to what is not there, and functions that are not known; one line each. */
  readonly problems: readonly string[];
}

/** What AWS gives beside the parameters. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

const NOTHING = Symbol('AWS::NoValue');
type Resolved = Json | typeof NOTHING;

/**
 * Resolves a template. The name of a resource stands for its id as `<Name>`, and its attributes as `<Name.Attribute>`.
 * @param given values of parameters, over their defaults
 */
export function resolveTemplate(template: JsonObject, given: Readonly<Record<string, string>>): ResolvedStack {
  const problems: string[] = [];
  const attributes: string[] = [];
  const used = new Set<string>();
  const parameters = objectIn(template, 'Parameters');
  const conditions = objectIn(template, 'Conditions');
  const resources = objectIn(template, 'Resources');
  for (const name of Object.keys(given)) if (parameters[name] === undefined) problems.push(`there is no parameter ${name}`);

  function parameter(name: string): Json {
    const { Default: fallback, Type: type = '' } = objectIn(parameters, name);
    const value = given[name] ?? fallback;
    if (value === undefined) problems.push(`parameter ${name} has no value`);
    return /^(?:List<|CommaDelimitedList)/.test(String(type)) ? String(value).split(',') : (value ?? '');
  }

  function holds(name: string): boolean {
    used.add(name);
    if (conditions[name] === undefined) problems.push(`there is no condition ${name}`);
    return test(conditions[name] ?? false);
  }

  function test(condition: Json): boolean {
    if (!isJsonObject(condition)) return condition === true;
    const [name = '', argument = null] = Object.entries(condition)[0] ?? [];
    const list: readonly Json[] = Array.isArray(argument) ? argument : [argument];
    if (name === 'Condition') return holds(String(argument));
    if (name === 'Fn::Not') return !test(list[0] ?? null);
    if (name === 'Fn::And') return list.every(test);
    if (name === 'Fn::Or') return list.some(test);
    if (name === 'Fn::Equals') return String(plain(list[0] ?? null)) === String(plain(list[1] ?? null));
    problems.push(`${name} is no condition`);
    return false;
  }

  function isThere(name: string): boolean {
    const condition = objectIn(resources, name)['Condition'];
    return resources[name] !== undefined && (condition === undefined || holds(String(condition)));
  }

  function reference(name: string): Resolved {
    if (name === 'AWS::NoValue') return NOTHING;
    const pseudo = PSEUDO[name];
    if (pseudo !== undefined) return pseudo;
    if (parameters[name] !== undefined) {
      used.add(name);
      return parameter(name);
    }
    if (!isThere(name)) problems.push(`${name} is referred to, and is not there`);
    return `<${name}>`;
  }

  function attribute(resource: string, name: string): string {
    if (!isThere(resource)) problems.push(`${resource}.${name} is referred to, and ${resource} is not there`);
    attributes.push(`${resource}.${name}`);
    return `<${resource}.${name}>`;
  }

  function substitute(text: string): string {
    return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal !== '') return `\${${name}}`;
      const [, resource, rest] = /^([^.:]+)\.(.+)$/.exec(name) ?? [];
      return resource === undefined || rest === undefined ? String(plain({ Ref: name })) : attribute(resource, rest);
    });
  }

  function callOf(name: string, argument: Json): Resolved {
    const list: readonly Json[] = Array.isArray(argument) ? argument : [argument];
    if (name === 'Ref') return reference(String(argument));
    if (name === 'Fn::GetAtt') return attribute(String(list[0]), String(list[1]));
    if (name === 'Fn::Sub') return substitute(String(argument));
    if (name === 'Fn::If') return resolve((holds(String(list[0])) ? list[1] : list[2]) ?? null);
    if (name === 'Fn::Base64') return plain(argument);
    problems.push(`${name} is not known`);
    return null;
  }

  function resolve(value: Json): Resolved {
    if (Array.isArray(value)) return value.map(resolve).filter((item): item is Json => item !== NOTHING);
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) return callOf(...only);
    return Object.fromEntries(
      entries.map(([name, inner]) => [name, resolve(inner)] as const).filter((entry): entry is [string, Json] => entry[1] !== NOTHING),
    );
  }

  function plain(value: Json): Json {
    const resolved = resolve(value);
    return resolved === NOTHING ? null : resolved;
  }

  function whatIsThere(all: JsonObject): JsonObject {
    const there = Object.entries(all).filter(([, one]) => {
      const condition = isJsonObject(one) ? one['Condition'] : undefined;
      return condition === undefined || holds(String(condition));
    });
    return Object.fromEntries(there.map(([name, one]) => [name, plain(one)]));
  }

  const made = whatIsThere(resources);
  const outputs = whatIsThere(objectIn(template, 'Outputs'));
  // Rules ask about parameters only; they use them all the same.
  for (const [, name] of JSON.stringify(template['Rules'] ?? {}).matchAll(/"Ref":"(\w+)"/g)) used.add(name ?? '');
  return { resources: made, outputs, attributes, used, problems };
}
