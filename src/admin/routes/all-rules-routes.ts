import type { AdminApp } from '../admin-app.ts';
import { addBacktestRoutes, type BacktestRoutesDeps } from './backtest-routes.ts';
import { addEvaluateRoutes, type EvaluateRoutesDeps } from './evaluate-routes.ts';
import { addRuleRoutes } from './rule-routes.ts';
import { takeYaml } from './rules-body.ts';
import { addRulesHistoryRoutes } from './rules-history-routes.ts';
import { addRulesSchemas } from './rules-schema.ts';
import { compileValidator } from '../validator.ts';
import { addRulesRoutes, type RulesRoutesDeps } from './rules-routes.ts';

export type AllRulesRoutesDeps = RulesRoutesDeps & BacktestRoutesDeps & EvaluateRoutesDeps;

/** Every route of the rules. They take YAML, which the others do not. */
export async function addAllRulesRoutes(app: AdminApp, deps: AllRulesRoutesDeps): Promise<void> {
  await app.register(async (scope: AdminApp) => {
    addRulesSchemas(scope);
    // A scope with schemas of its own would be given the framework's validator, which passes over what it does not know.
    scope.setValidatorCompiler(compileValidator);
    takeYaml(scope, deps.rulesText);
    addRulesRoutes(scope, deps);
    addRuleRoutes(scope, deps);
    addRulesHistoryRoutes(scope, deps);
    addBacktestRoutes(scope, deps);
    addEvaluateRoutes(scope, deps);
  });
}
