import { randomUUID } from 'node:crypto';
import helmet from '@fastify/helmet';
import { fastify, LogController, type FastifyBaseLogger } from 'fastify';
import type { Store } from '../pipeline/ports/store.ts';
import type { AdminApp } from './admin-app.ts';
import { addActivityRoutes } from './routes/activity-routes.ts';
import { addAllRulesRoutes, type AllRulesRoutesDeps } from './routes/all-rules-routes.ts';
import { addAuditRoutes } from './routes/audit-routes.ts';
import { addAuth, needsLogin, type Logins } from './auth.ts';
import { addBodyParser, BODY_LIMIT, type BodyParserDeps } from './body-parser.ts';
import { addCallerRoutes } from './routes/caller-routes.ts';
import { CONNECTION_LIMITS, createConnections, type ConnectionLimits } from './connections.ts';
import { addDeadLetterRoutes, type DeadLetterRoutesDeps } from './routes/dead-letter-routes.ts';
import { addDoctorRoutes, type DoctorRoutesDeps } from './routes/doctor-routes.ts';
import { answerError } from './error-answers.ts';
import { createIssuer } from './issuer.ts';
import { addExportRoutes, type ExportRoutesDeps } from './export/export-routes.ts';
import { addFailureRoutes, type FailureRoutesDeps } from './routes/failure-routes.ts';
import { addHealthRoutes, type HealthRoutesDeps } from './routes/health-routes.ts';
import { addHostGuard } from './host-guard.ts';
import { addMappingRoutes, type MappingRoutesDeps } from './routes/mapping-routes.ts';
import { addMappingWriteRoutes, type MappingWriteRoutesDeps } from './routes/mapping-write-routes.ts';
import { addOpenapi } from './openapi.ts';
import { addOperationRoutes, type OperationRoutesDeps } from './routes/operation-routes.ts';
import { MAX_FILTER_LENGTH } from './page-query.ts';
import { addPartRoutes, type PartRoutesDeps } from './routes/part-routes.ts';
import { addPauseRoutes, type PauseRoutesDeps } from './routes/pause-routes.ts';
import { RequestRefused } from './problem.ts';
import { addReportRoutes, type ReportRoutesDeps } from './routes/report-routes.ts';
import { addSweepRoutes } from './routes/sweep-routes.ts';
import { addReferencePage } from './reference-page.ts';
import { addServedFiles, type ServedFile } from './served-files.ts';
import { addSignInRoutes } from './routes/sign-in-routes.ts';
import { createReadSignIn, signInOrigins, type ReadSignIn } from './sign-in.ts';
import { addStatusRoutes, type StatusDeps } from './routes/status-routes.ts';
import { addStreamRoutes } from './routes/stream-routes.ts';
import { closeQueries, compileValidator } from './validator.ts';

/** Without configured logins, no token is needed, and only this machine may call. */
export interface AdminDeps
  extends
    Logins,
    HealthRoutesDeps,
    StatusDeps,
    MappingRoutesDeps,
    OperationRoutesDeps,
    AllRulesRoutesDeps,
    FailureRoutesDeps,
    MappingWriteRoutesDeps,
    PauseRoutesDeps,
    DeadLetterRoutesDeps,
    DoctorRoutesDeps,
    ExportRoutesDeps,
    ReportRoutesDeps,
    PartRoutesDeps,
    BodyParserDeps {
  readonly store: Store;
  readonly logger: FastifyBaseLogger;
  /** Files of the parts, such as the admin page. */
  readonly files: readonly ServedFile[];
}

/** Time limit for an answer, ms; a later one waits for a store that is away. */
const HANDLER_TIMEOUT_MS = 5_000;

/** The admin API, ready to `listen` or `inject`. */
export async function buildAdminServer(deps: AdminDeps, limits: ConnectionLimits = CONNECTION_LIMITS): Promise<AdminApp> {
  const connections = createConnections(limits, () =>
    deps.logger.warn({ max: limits.max }, 'Too many connections to the admin API; new ones are closed until others end'),
  );
  const app: AdminApp = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    handlerTimeout: HANDLER_TIMEOUT_MS,
    serverFactory: connections.createServer,
    routerOptions: { maxParamLength: MAX_FILTER_LENGTH },
    frameworkErrors: answerError,
  });
  app.addHook('preClose', async () => connections.end());
  app.setValidatorCompiler(compileValidator);
  closeQueries(app);
  app.setErrorHandler(answerError);
  app.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  app.addHook('onResponse', async ({ log, method, routeOptions }, { statusCode, elapsedTime }) => {
    log.debug({ method, route: routeOptions.url ?? null, statusCode, ms: Math.round(elapsedTime) }, 'Answered');
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // The proxy that adds TLS decides for which hosts it is meant.
    strictTransportSecurity: false,
  });
  addHostGuard(app, !needsLogin(deps));
  // Before a body is read: a request without a route needs none.
  app.addHook('onRequest', async ({ is404 }) => {
    if (is404) throw new RequestRefused('not-found', 'There is nothing at this address');
  });
  // Before the reference page, whose scope has only what was there before it.
  app.decorateRequest('caller', null);
  await addOpenapi(app, deps.version);
  await addReferencePage(app);
  const askIssuer = deps.oidc === null ? null : createIssuer(deps.oidc);
  const readSignIn: ReadSignIn = deps.oidc === null || askIssuer === null ? async () => null : createReadSignIn(deps.oidc, askIssuer);
  await addAuth(app, deps, askIssuer);
  const takeYaml = addBodyParser(app, deps, deps.yielder);
  addHealthRoutes(app, deps);
  addStatusRoutes(app, deps);
  addStreamRoutes(app, deps);
  addReportRoutes(app, deps);
  addMappingRoutes(app, deps);
  addMappingWriteRoutes(app, deps);
  addFailureRoutes(app, deps);
  addPauseRoutes(app, deps);
  addDeadLetterRoutes(app, deps);
  addSweepRoutes(app, deps);
  addOperationRoutes(app, deps);
  addDoctorRoutes(app, deps);
  await addAllRulesRoutes(app, deps, takeYaml);
  addAuditRoutes(app, deps);
  addExportRoutes(app, deps);
  addActivityRoutes(app, deps);
  addCallerRoutes(app, needsLogin(deps));
  addSignInRoutes(app, deps, readSignIn);
  addServedFiles(app, deps.files, () => signInOrigins(readSignIn));
  addPartRoutes(app, deps);
  await app.ready();
  return app;
}
