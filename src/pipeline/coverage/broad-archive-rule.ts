import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import type { ArchiveRule } from '../ports/analyzer-source.ts';

/** Why a rule archives more than a team may mean: findings of public access, or findings of whatever resource. */
export type Breadth = 'public-findings' | 'any-resource';

/** Every ARN has one of these beginnings, so a part of them narrows nothing. */
const BEGINNINGS = ['arn:aws:', 'arn:aws-cn:', 'arn:aws-us-gov:'];

/**
 * Pure. Null: the rule is narrow. A finding that a rule archives closes its issue, or never gets one.
 * Source of the criteria: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Criterion.html
 */
export function breadthOf({ filter }: Pick<ArchiveRule, 'filter'>): Breadth | null {
  const isPublic = criterion(filter, 'isPublic');
  if (isPublic !== null && lets(isPublic, 'true')) return 'public-findings';
  const resource = criterion(filter, 'resource');
  return resource !== null && narrows(resource) ? null : 'any-resource';
}

function criterion(filter: JsonObject, field: string): JsonObject | null {
  const found = filter[field];
  return isJsonObject(found) ? found : null;
}

/** Whether a criterion lets a value through; all its parts must. */
function lets({ eq, neq, contains, exists }: JsonObject, value: string): boolean {
  return (
    (eq === undefined || texts(eq).includes(value)) &&
    (contains === undefined || texts(contains).some((part) => value.includes(part))) &&
    !texts(neq).includes(value) &&
    exists !== false
  );
}

/** Only named resources narrow: without some is all others, and every finding has a resource. */
function narrows({ eq, contains }: JsonObject): boolean {
  const parts = texts(contains);
  return texts(eq).length > 0 || (parts.length > 0 && parts.every((part) => !BEGINNINGS.some((beginning) => beginning.includes(part))));
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map((one) => String(one).toLowerCase()) : [];
}
