import type { CheckStart, StartProblem } from '../ports/start-check.ts';
import type { CompiledRules } from '../../rules/parse-rules.ts';

/** Reports wrong settings that don't keep the service from starting. */
export interface ReportStart {
  start(): void;
  stop(): void;
}

export interface ReportStartDeps {
  readonly check: CheckStart;
  readonly rules: { current(): Promise<{ readonly compiled: Pick<CompiledRules, 'ruleSet'> }> };
  readonly report: (problem: StartProblem) => void;
  /** From one check to the next, until Jira has answered, ms. */
  readonly everyMs?: number;
}

/** Jira may be away for hours. */
const EVERY_MS = 30_000;

/** Checks until Jira has answered once, and reports each problem once, however often it is found. */
export function createReportStart({ check, rules, report, everyMs = EVERY_MS }: ReportStartDeps): ReportStart {
  const reported = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function checkOnce(): Promise<void> {
    const { answered, problems } = await findProblems();
    if (isStopped) return;
    for (const problem of problems) if (!reported.has(problem.line)) report(problem);
    for (const { line } of problems) reported.add(line);
    if (!answered) timer = setTimeout(() => void checkOnce(), everyMs).unref();
  }

  /** Without the store the rules are unknown; that is reported elsewhere. */
  async function findProblems(): ReturnType<CheckStart> {
    try {
      const { compiled } = await rules.current();
      return await check(compiled.ruleSet);
    } catch {
      return { answered: false, problems: [] };
    }
  }

  return {
    start: () => void checkOnce(),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
