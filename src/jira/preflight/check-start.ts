import type { TrackerAccess } from '../../pipeline/ports/tracker-access.ts';
import type { CheckStart, StartProblem } from '../../pipeline/ports/start-check.ts';
import { createLowPriorityPermits } from '../rate/low-priority-permits.ts';
import { tokenAdvice, type DiagnoseParts } from './diagnose-jira.ts';
import { filingTargetsOf, type FilingTarget } from './filing-targets.ts';
import { whyNotVisible } from './preflight-checks.ts';

/** No caller waits for the answer. */
const MAX_MS = 60_000;

/** Projects that are checked. */
const MAX_PROJECTS = 50;

/**
 * Checks once, when Jira answers for the first time, what would make every issue fail: the address, the credentials, the projects of the rules.
 * A refused token is not among its problems, which the watch over the token reports.
 */
export function createCheckStart(parts: DiagnoseParts & { readonly access: Pick<TrackerAccess, 'confirm' | 'state'> }): CheckStart {
  const { access, account, calls, facts } = parts;
  const isRefused = (): boolean => access.state().access === 'refused';

  return async (rules) => {
    await access.confirm();
    if (isRefused()) return { answered: false, problems: [] };
    const { acquire, end } = createLowPriorityPermits(calls.governor, calls.clock, MAX_MS);
    try {
      if (!(await acquire())) return { answered: false, problems: [] };
      const self = await account.confirm();
      if (!self.ok) return { answered: false, problems: isRefused() ? [] : [callProblem(parts, self.failure)] };
      const byProject = Map.groupBy(filingTargetsOf(rules, null).targets, ({ projectKey }) => projectKey);
      const problems: StartProblem[] = [];
      for (const [projectKey, targets] of [...byProject].slice(0, MAX_PROJECTS)) {
        const why = whyNotVisible(await facts.visible(projectKey, acquire), projectKey);
        if (why !== null) problems.push({ level: 'error', line: `${placesOf(targets)}: ${why}` });
      }
      return { answered: true, problems };
    } finally {
      end();
    }
  };
}

function callProblem(
  { baseUrl, credentials }: DiagnoseParts,
  { code, message }: { readonly code: string; readonly message: string },
): StartProblem {
  if (code !== 'jira-auth') return { level: 'warn', line: `JIRA_BASE_URL: ${baseUrl} can't be used yet: ${message}` };
  const variable = SECRETS[credentials];
  return { level: 'error', line: `${variable}: ${message}. ${tokenAdvice(baseUrl, credentials)}, then restart the service` };
}

const SECRETS: Readonly<Record<DiagnoseParts['credentials'], string>> = {
  basic: 'JIRA_API_TOKEN',
  bearer: 'JIRA_BEARER_TOKEN',
  oauth: 'JIRA_OAUTH_CLIENT_SECRET',
};

/** The first place that names the project, and how many others do. */
function placesOf(targets: readonly FilingTarget[]): string {
  const [first, ...others] = new Set(targets.map(({ project }) => project.path));
  return others.length === 0 ? (first ?? '') : `${first} and ${others.length} more`;
}
