import { getIssueLinkTypes, getServerInfo } from '../http/jira-js.ts';
import type { PredictedEnd } from '../../pipeline/ports/preflight.ts';
import { checkRate } from './check-rate.ts';
import { predictedEnds } from './preflight.ts';
import type { DoctorCheck, Diagnose } from '../../pipeline/ports/doctor-check.ts';
import type { TrackerAccess } from '../../pipeline/ports/tracker-access.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { AcquirePermit } from '../rate/kept-reads.ts';
import { createLowPriorityPermits } from '../rate/low-priority-permits.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { filingTargetsOf, type FilingTarget } from './filing-targets.ts';
import { neededPermissions } from './needed-permissions.ts';
import type { ProjectFacts } from '../project/project-facts.ts';
import { oursCall } from '../issue/search-call.ts';
import type { JiraCredentials, SignIn } from '../http/sign-in.ts';
import { certificateIn } from '../../network/certificate-problem.ts';
import { LinkTypes, ServerInfo } from '../http/wire.ts';

/** The dependencies of the doctor's checks of Jira. */
export interface DiagnoseParts {
  readonly calls: JiraCalls;
  readonly account: OwnAccount;
  readonly facts: ProjectFacts;
  /** Whether Jira accepts our token. */
  readonly access: Pick<TrackerAccess, 'state'>;
  readonly baseUrl: string;
  readonly credentials: JiraCredentials['kind'];
  readonly signIn: Pick<SignIn, 'authorization' | 'state'>;
}

/** An operator waits for the answer. */
const MAX_MS = 20_000;

/** Projects whose permissions are checked. */
const MAX_PROJECTS = 20;

/** Rules that one check names; more are counted. */
const MAX_RULES_NAMED = 5;

/** With a larger difference between the clocks, searches by time miss new issues. */
const MAX_SKEW_MS = 60_000;

const MINUTE_MS = 60_000;

const GATEWAY = 'https://api.atlassian.com/ex/jira/';

/** The types of our links: to a duplicate, and to a finding's successor. */
const LINK_TYPES = ['Duplicate', 'Relates'];

/** Checks of Jira for an operator: our account, the address, the clock, search, link types, the rate of calls, and the permissions in the projects of the rules. */
export function createDiagnoseJira(parts: DiagnoseParts): Diagnose {
  const { governor, clock } = parts.calls;

  return async (rules) => {
    const { acquire, end } = createLowPriorityPermits(governor, clock, MAX_MS);
    try {
      const signIn = await checkSignIn(parts);
      if (signIn !== null && !signIn.ok) return [signIn];
      const credentials = await checkCredentials(parts, acquire);
      if (!credentials.ok) return signIn === null ? [credentials] : [signIn, credentials];
      const site = await checkSite(parts, acquire);
      return [
        ...(signIn === null ? [] : [signIn]),
        credentials,
        ...site,
        await checkSearch(parts, acquire),
        await checkLinkTypes(parts, acquire),
        checkRate(governor.state()),
        ...(await checkProjects(parts, rules, acquire)),
        ...(await checkEnds(parts, rules, acquire)),
      ];
    } finally {
      end();
    }
  };
}

async function checkCredentials({ account, access, baseUrl, credentials }: DiagnoseParts, acquire: AcquirePermit): Promise<DoctorCheck> {
  const check = 'jira-credentials';
  if (!(await acquire())) {
    const { access: token, message } = access.state();
    if (token === 'accepted') return notAsked(check);
    return wrong(check, message, token === 'away' ? adviceFor(message) : tokenAdvice(baseUrl, credentials));
  }
  const self = await account.confirm();
  if (self.ok) return fine(check, `Jira knows the account ${self.accountId}`);
  return wrong(
    check,
    self.failure.message,
    self.failure.code === 'jira-auth' || self.failure.code === 'jira-scope'
      ? tokenAdvice(baseUrl, credentials)
      : adviceFor(self.failure.message),
  );
}

/** What to do about a Jira that does not answer. @param message why it did not */
function adviceFor(message: string): string {
  return certificateIn(message)?.advice ?? 'Check JIRA_BASE_URL, DNS, proxies and certificates';
}

/** How the sign-in by OAuth goes; null: the credentials are fixed. */
async function checkSignIn({ signIn, calls: { clock } }: DiagnoseParts): Promise<DoctorCheck | null> {
  if (signIn.state() === null) return null;
  const check = 'jira-sign-in';
  const signed = await signIn.authorization();
  if (!signed.ok)
    return wrong(check, signed.message, signed.isRefused ? OAUTH_REFUSED : (certificateIn(signed.message)?.advice ?? OAUTH_AWAY));
  const { gotAt = null, problem = null } = signIn.state() ?? {};
  const minutes = Math.max(0, Math.round((clock.now() - (gotAt ?? clock.now())) / MINUTE_MS));
  if (problem !== null) return wrong(check, `The access token is still valid, and was not renewed: ${problem}`, OAUTH_AWAY);
  return fine(check, `There is an access token, ${minutes} min old; it is renewed before it expires`);
}

const OAUTH_REFUSED =
  'Check the client id and the secret in the administration of Atlassian, under the service account; make new credentials if they were revoked';

const OAUTH_AWAY =
  'Check whether JIRA_OAUTH_TOKEN_URL can be reached from here, through the proxy if there is one; calls wait until it answers';

/**
 * What to do when Jira does not accept the credentials.
 * Source: https://support.atlassian.com/user-management/docs/manage-api-tokens-for-service-accounts/
 */
export function tokenAdvice(baseUrl: string, credentials: JiraCredentials['kind']): string {
  const renew =
    credentials === 'oauth'
      ? 'Check the service account and its OAuth credentials in the administration of Atlassian'
      : 'Renew the token; new ones live for a year at most';
  if (baseUrl.startsWith(GATEWAY)) return `${renew}. It needs the scopes read:jira-work, write:jira-work and read:jira-user`;
  return credentials === 'bearer' || new URL(baseUrl).hostname.endsWith('.atlassian.net')
    ? `${renew}. Tokens with scopes, and those of service accounts, work at ${GATEWAY}<cloudId> only: set JIRA_BASE_URL to that`
    : renew;
}

async function checkSite({ calls, baseUrl }: DiagnoseParts, acquire: AcquirePermit): Promise<DoctorCheck[]> {
  const [address, time] = ['jira-address', 'jira-clock'];
  if (!(await acquire())) return [notAsked(address), notAsked(time)];
  const parsed = parseAnswer(ServerInfo, await calls.ask((client) => getServerInfo(client)), calls.clock.now());
  if (!parsed.ok) return [wrong(address, parsed.failure.message, 'Check JIRA_BASE_URL: is there a proxy between the service and Jira?')];
  return [
    checkAddress(baseUrl, parsed.value.baseUrl ?? baseUrl, parsed.value.deploymentType ?? 'Cloud'),
    checkClock(parsed.value.serverTime, calls.clock.now()),
  ];
}

function checkAddress(baseUrl: string, itself: string, deployment: string): DoctorCheck {
  const check = 'jira-address';
  if (deployment !== 'Cloud') return wrong(check, `This is Jira ${deployment}`, 'The service works with Jira Cloud only');
  if (baseUrl.startsWith(GATEWAY)) return fine(check, `The gateway of ${itself}`);
  const same = URL.canParse(itself) && new URL(itself).host === new URL(baseUrl).host;
  return same
    ? fine(check, itself)
    : wrong(
        check,
        `Jira calls itself ${itself}, and JIRA_BASE_URL is ${baseUrl}`,
        `Set JIRA_BASE_URL to ${itself}, so that links in issues and answers are right`,
      );
}

function checkClock(serverTime: string | undefined, now: number): DoctorCheck {
  const check = 'jira-clock';
  const theirs = Date.parse((serverTime ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(theirs)) return fine(check, 'Jira does not tell its time');
  const skewMs = now - theirs;
  const words = `This machine's clock is ${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs < 0 ? 'behind' : 'ahead of'} Jira's`;
  return Math.abs(skewMs) <= MAX_SKEW_MS ? fine(check, words) : wrong(check, words, 'Let the machine follow a time server');
}

async function checkSearch({ calls, account }: DiagnoseParts, acquire: AcquirePermit): Promise<DoctorCheck> {
  const check = 'jira-search';
  if (!(await acquire())) return notAsked(check);
  const page = await oursCall(calls, account, MINUTE_MS, null);
  return page.ok
    ? fine(check, 'Search answers as our account; how far its index lags behind shows only when an issue has been made')
    : wrong(check, page.failure.message, 'Uncertain creates can not be cleared up until search answers');
}

async function checkLinkTypes({ calls }: DiagnoseParts, acquire: AcquirePermit): Promise<DoctorCheck> {
  const check = 'jira-link-types';
  if (!(await acquire())) return notAsked(check);
  const parsed = parseAnswer(LinkTypes, await calls.ask((client) => getIssueLinkTypes(client)), calls.clock.now());
  if (!parsed.ok) return wrong(check, parsed.failure.message, 'Turn issue linking on, or live with comments in place of links');
  const names = parsed.value.issueLinkTypes.map(({ name }) => name);
  const missing = LINK_TYPES.filter((type) => !names.includes(type));
  return missing.length === 0
    ? fine(check, `There are ${LINK_TYPES.join(' and ')}`)
    : wrong(
        check,
        `There is no link type ${missing.join(' and ')}`,
        'Add it under Issues, Issue linking, or live with comments in place of links',
      );
}

async function checkProjects({ facts }: DiagnoseParts, rules: RuleSet, acquire: AcquirePermit): Promise<DoctorCheck[]> {
  const byProject = Map.groupBy(filingTargetsOf(rules, null).targets, ({ projectKey }) => projectKey);
  const checks: DoctorCheck[] = [];
  for (const [key, targets] of [...byProject].slice(0, MAX_PROJECTS)) {
    const check = `jira-permissions:${key}`;
    const lacking = await facts.lacking(key, acquire);
    if (lacking === null)
      checks.push(
        wrong(check, `Jira does not tell what the account may do in ${key}`, 'Is the key right, and may the account browse the project?'),
      );
    else checks.push(checkPermissions(check, key, lacking, targets));
  }
  const left = byProject.size - checks.length;
  return left > 0 ? [...checks, fine('jira-permissions', `${left} more projects were not checked`)] : checks;
}

/** Where issues end when they are closed, for each project of the rules. */
async function checkEnds({ facts }: DiagnoseParts, rules: RuleSet, acquire: AcquirePermit): Promise<DoctorCheck[]> {
  const byProject = Map.groupBy(filingTargetsOf(rules, null).targets, ({ projectKey }) => projectKey);
  const checks: DoctorCheck[] = [];
  for (const [key, targets] of [...byProject].slice(0, MAX_PROJECTS)) {
    const ends = await predictedEnds(facts, targets, acquire);
    if (ends.length > 0) checks.push(checkEnd(`jira-closing:${key}`, ends));
  }
  return checks;
}

function checkEnd(check: string, ends: readonly PredictedEnd[]): DoctorCheck {
  const byWords = Map.groupBy([...Map.groupBy(ends, ({ ruleId }) => ruleId)], ([, of]) => of.map(({ message }) => message).join('; '));
  const message = [...byWords].map(([words, rules]) => `${rulesNamed(rules.map(([ruleId]) => ruleId))}: ${words}`).join('. ');
  return ends.some(({ because }) => because === 'undecided')
    ? wrong(
        check,
        message,
        'Name the status in the close part of the rule: until then such issues stay open, unless the name of a transition decides',
      )
    : fine(check, message);
}

/** A permission is missing only where a rule needs it. */
function checkPermissions(check: string, key: string, lacking: readonly string[], targets: readonly FilingTarget[]): DoctorCheck {
  const needing = targets.flatMap((target) => neededPermissions(target).map(({ name }) => ({ name, ruleId: target.ruleId })));
  const missing = lacking.flatMap((name) => {
    const ruleIds = [...new Set(needing.filter((needed) => needed.name === name).map(({ ruleId }) => ruleId))];
    return ruleIds.length === 0 ? [] : [`${name} (needed by ${rulesNamed(ruleIds)})`];
  });
  return missing.length === 0
    ? fine(check, `The account may do everything that the rules need in ${key}`)
    : wrong(
        check,
        `The account lacks in ${key}: ${missing.join(', ')}`,
        "Give the account these permissions in the project's permission scheme, or add it to a role that has them",
      );
}

function rulesNamed(ids: readonly string[]): string {
  const more = ids.length > MAX_RULES_NAMED ? ` and ${ids.length - MAX_RULES_NAMED} more` : '';
  return `${ids.length === 1 ? 'the rule' : 'the rules'} ${ids.slice(0, MAX_RULES_NAMED).join(', ')}${more}`;
}

function fine(check: string, message: string): DoctorCheck {
  return { check, ok: true, message, advice: null };
}

function wrong(check: string, message: string, advice: string): DoctorCheck {
  return { check, ok: false, message, advice };
}

function notAsked(check: string): DoctorCheck {
  return wrong(check, 'There was no permit to ask Jira', 'Others went first; try again when there is less to do');
}
