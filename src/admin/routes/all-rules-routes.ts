import type { AdminApp } from '../admin-app.ts';
import { addBacktestRoutes, type BacktestRoutesDeps } from './backtest-routes.ts';
import { addEvaluateRoutes, type EvaluateRoutesDeps } from './evaluate-routes.ts';
import { addRuleRoutes } from './rule-routes.ts';
import { addRulesHistoryRoutes } from './rules-history-routes.ts';
import { addRulesSchemas } from './rules-schema.ts';
import { compileValidator } from '../validator.ts';
import { addRulesRoutes, type RulesRoutesDeps } from './rules-routes.ts';

export type AllRulesRoutesDeps = RulesRoutesDeps & BacktestRoutesDeps & EvaluateRoutesDeps;

/** Every route of the rules. @param takeYaml they accept YAML; other routes do not */
export async function addAllRulesRoutes(app: AdminApp, deps: AllRulesRoutesDeps, takeYaml: (scope: AdminApp) => void): Promise<void> {
  await app.register(async (scope: AdminApp) => {
    addRulesSchemas(scope);
    // A scope with its own schemas would get the framework's validator, which ignores unknown properties.
    scope.setValidatorCompiler(compileValidator);
    takeYaml(scope);
    addRulesRoutes(scope, deps);
    addRuleRoutes(scope, deps);
    addRulesHistoryRoutes(scope, deps);
    addBacktestRoutes(scope, deps);
    addEvaluateRoutes(scope, deps);
  });
}
