import * as accessanalyzer from '@aws-sdk/client-accessanalyzer';
import * as cloudtrail from '@aws-sdk/client-cloudtrail';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as ecr from '@aws-sdk/client-ecr';
import * as efs from '@aws-sdk/client-efs';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import * as s3api from '@aws-sdk/client-s3';
import * as s3control from '@aws-sdk/client-s3-control';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssoadmin from '@aws-sdk/client-sso-admin';
import { cliName } from './cli-names.ts';

/** The clients by the CLI's name of the service. */
const CLIENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  accessanalyzer,
  cloudtrail,
  dynamodb,
  ec2,
  ecr,
  efs,
  iam,
  kms,
  lambda,
  rds,
  s3api,
  s3control,
  secretsmanager,
  sns,
  sqs,
  'sso-admin': ssoadmin,
};

/** What a value may be. `text`: a number, a time and bytes as well. */
export type Shape =
  | { readonly kind: 'text' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'list'; readonly item: () => Shape }
  | { readonly kind: 'map'; readonly value: () => Shape }
  | { readonly kind: 'structure'; readonly members: ReadonlyMap<string, () => Shape>; readonly required: readonly string[] };

type Structure = Extract<Shape, { readonly kind: 'structure' }>;

/** The services whose clients are installed. */
export const CLI_SERVICES: readonly string[] = Object.keys(CLIENTS);

const operations = new Map<string, ReadonlyMap<string, Structure>>();

/** The parameters of a command, by the SDK's schema of its operation; null: there is no such operation. @param service one of `CLI_SERVICES` */
export function commandShape(service: string, command: string): Structure | null {
  const known = operations.get(service) ?? operationsOf(service);
  operations.set(service, known);
  return known.get(command) ?? null;
}

/** The schema of an operation is `[9, namespace, name, traits, input, output]`. */
function operationsOf(service: string): ReadonlyMap<string, Structure> {
  const found = new Map<string, Structure>();
  for (const [name, schema] of Object.entries(CLIENTS[service] ?? {})) {
    if (!name.endsWith('$') || !Array.isArray(schema) || schema[0] !== 9) continue;
    const input = shapeOf(schema[4]);
    if (input.kind === 'structure') found.set(cliName(name.slice(0, -1)), input);
  }
  return found;
}

const LIST_OF = 64;
const MAP_OF = 128;
const BOOLEAN = 2;

/**
 * Schemas are numbers for simple types (plus 64 for a list, 128 for a map of them), functions that yield one, `[schema, traits]` for
 * members, and lists of parts that begin with 1 for a list, 2 for a map, 3 for a structure and 4 for a union.
 */
function shapeOf(schema: unknown): Shape {
  if (typeof schema === 'function') return shapeOf(schema());
  if (typeof schema === 'number') return simpleShape(schema);
  if (!Array.isArray(schema)) return { kind: 'text' };
  if (schema.length === 2) return shapeOf(schema[0]);
  const [kind, , , , first, second, requiredCount] = schema;
  if (kind === 1) return { kind: 'list', item: () => shapeOf(first) };
  if (kind === 2) return { kind: 'map', value: () => shapeOf(second) };
  if (kind !== 3 && kind !== 4) return { kind: 'text' };
  const names: string[] = first;
  const schemas: unknown[] = second;
  return {
    kind: 'structure',
    members: new Map(names.map((name, at) => [name, () => shapeOf(schemas[at])])),
    required: names.slice(0, requiredCount ?? 0),
  };
}

function simpleShape(schema: number): Shape {
  if (schema >= MAP_OF) return { kind: 'map', value: () => simpleShape(schema - MAP_OF) };
  if (schema >= LIST_OF) return { kind: 'list', item: () => simpleShape(schema - LIST_OF) };
  return { kind: schema === BOOLEAN ? 'flag' : 'text' };
}
