import { Type } from 'typebox';
import { RoutingRule, RuleSet } from '../../rules/routing-rule.ts';
import type { AdminApp } from '../admin-app.ts';

/** References to the two large schemas, so that the API's description contains them once. */
export const RuleSetRef = Type.Unsafe<RuleSet>({ $ref: 'RuleSet#' });
export const RuleRef = Type.Unsafe<RoutingRule>({ $ref: 'RoutingRule#' });

/** Registers them in an app. */
export function addRulesSchemas(app: AdminApp): void {
  app.addSchema({ ...RuleSet, $id: 'RuleSet' });
  app.addSchema({ ...RoutingRule, $id: 'RoutingRule' });
}

/** A response whose schema is a reference, which has no description of its own. */
export function answer<S>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } };
}
