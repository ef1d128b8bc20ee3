import Fastify from 'fastify';
import { OAUTH_CLIENT, serveAccessTokens, TOKEN_PATH } from './jira/access-tokens.ts';
import { withBrokenAssumptions } from './jira-controls/break-assumptions.ts';
import { commentRoutes } from './jira/comment-routes.ts';
import { serveControls } from './jira-controls/control-routes.ts';
import { noFaults, type Faults } from './jira/faults.ts';
import { issueRoutes } from './jira/issue-routes.ts';
import type { JiraSite } from './jira/jira-route.ts';
import { createJiraState } from './jira/jira-state.ts';
import { linkRoutes } from './jira/link-routes.ts';
import { servePages } from './board/page-routes.ts';
import { createPerson, type Person } from './jira-controls/people.ts';
import { projectRoutes } from './jira/project-routes.ts';
import { propertyRoutes } from './jira/property-routes.ts';
import { createRequestHistory, type HistoryEntry } from './jira/request-history.ts';
import { SERVICE_ACCOUNT } from './jira/sandbox-accounts.ts';
import { sandboxPeople, type PersonOptions } from './jira/sandbox-person.ts';
import { searchRoutes } from './jira/search-routes.ts';
import { seededRandom, type Random } from './samples/seeded-random.ts';
import { serveJira } from './jira/serve-jira.ts';
import type { SimulatedIssue } from './jira/simulated-issue.ts';
import { DEFAULT_PROJECTS, type ProjectOptions } from './jira/simulated-project.ts';
import { siteRoutes } from './jira/site-routes.ts';
import { transitionRoutes } from './jira/transition-routes.ts';
import type { Locale } from './jira/translations.ts';
import { userRoutes } from './jira/user-routes.ts';

export interface JiraSimulatorOptions {
  /** 0, the default: a free port. */
  readonly port?: number;
  readonly host?: string;
  readonly projects?: readonly ProjectOptions[];
  /** Besides `SERVICE_ACCOUNT` and `PERSON_ACCOUNT`. */
  readonly people?: readonly PersonOptions[];
  /** Seed of the random faults. */
  readonly seed?: number;
  /** Epoch ms; for times, index lag and rate limit. */
  readonly now?: () => number;
}

/** An in-process Jira Cloud site. */
export interface JiraSimulator {
  /** Base URL, without a slash at the end; also the address of the board. */
  readonly url: string;
  /** The credentials of the service. */
  readonly credentials: {
    readonly email: string;
    readonly apiToken: string;
    /** @see SandboxAccount */
    readonly renewedApiToken: string;
    readonly bearerToken: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly accountId: string;
  };
  /** May be changed at any time. */
  readonly faults: Faults;
  readonly person: Person;
  /** Changes the language of every account, as people do in their profiles. */
  speak(locale: Locale): void;
  /** Where access tokens are given out for `clientId` and `clientSecret`. */
  readonly tokenUrl: string;
  /** Requests for an access token so far. */
  tokenRequests(): number;
  /** Every request, oldest first. @param from how many of them to leave out */
  history(from?: number): readonly HistoryEntry[];
  /** Every existing issue, oldest first. */
  issues(): readonly SimulatedIssue[];
  /** Removes issues, history and faults, and restarts the random numbers and the language. */
  reset(): void;
  /** Cuts hanging connections. */
  close(): Promise<void>;
}

/** Jira refuses larger bodies. */
const MAX_BODY_BYTES = 1_000_000;

/**
 * Starts a strict simulation of the part of Jira Cloud's REST API v3 that this service uses.
 * It refuses the same requests as Jira, in Jira's words, and lags, loses answers and limits rates as configured.
 */
export async function startJiraSimulator(options: JiraSimulatorOptions = {}): Promise<JiraSimulator> {
  const host = options.host ?? '127.0.0.1';
  const seed = options.seed ?? 1;
  const now = options.now ?? Date.now;
  const state = createJiraState(options.projects ?? DEFAULT_PROJECTS, sandboxPeople(options.people ?? []), now);
  const faults = noFaults();
  const history = createRequestHistory();
  let random: Random = seededRandom(seed);
  let url = '';
  let locale: Locale = 'en_US';
  const site: JiraSite = { state, faults, url: () => url, locale: () => locale };
  const person = createPerson(site);

  const reset = (): void => {
    state.clear();
    history.clear();
    tokens.clear();
    Object.assign(faults, noFaults());
    locale = 'en_US';
    random = seededRandom(seed);
  };

  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true, routerOptions: { maxParamLength: 1_000 } });
  const routes = [
    siteRoutes,
    projectRoutes,
    userRoutes,
    issueRoutes,
    transitionRoutes,
    commentRoutes,
    propertyRoutes,
    linkRoutes,
    searchRoutes,
  ].flatMap((of) => of(site));
  const tokens = serveAccessTokens(app, faults, now);
  serveJira(app, withBrokenAssumptions(routes, site), { faults, history, random: () => random(), now, tokens });
  serveControls(app, { state, faults, history, person, reset });
  servePages(app, state);

  await app.listen({ host, port: options.port ?? 0 });
  const [bound] = app.addresses();
  const port = typeof bound === 'object' ? bound.port : options.port;
  url = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;

  const { email, apiToken, renewedApiToken, bearerToken, accountId } = SERVICE_ACCOUNT;
  return {
    url,
    credentials: { email, apiToken, renewedApiToken, bearerToken, accountId, ...OAUTH_CLIENT },
    tokenUrl: `${url}${TOKEN_PATH}`,
    tokenRequests: tokens.requests,
    faults,
    person,
    speak(chosen) {
      locale = chosen;
    },
    history: history.entries,
    issues: () => state.issues(),
    reset,
    close: () => app.close(),
  };
}
