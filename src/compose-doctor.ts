import { createDiagnoseCoverage } from './pipeline/coverage/diagnose-coverage.ts';
import type { AnalyzerSource } from './pipeline/ports/analyzer-source.ts';
import type { DetailsSource } from './pipeline/ports/details-source.ts';
import type { Diagnose } from './pipeline/ports/doctor-check.ts';
import type { RunningPart } from './pipeline/ports/part.ts';
import type { RuleBook } from './pipeline/rulebook/rule-book.ts';
import { createDiagnoseAnalyzer } from './pipeline/runtime/diagnose-analyzer.ts';
import { createDiagnoseStore, type DiagnoseStoreParts } from './pipeline/runtime/diagnose-store.ts';
import { createDoctor, type Doctor } from './pipeline/runtime/doctor.ts';

export interface DoctorDeps extends DiagnoseStoreParts {
  readonly rules: RuleBook;
  readonly source: DetailsSource & AnalyzerSource;
  readonly jira: Diagnose;
  readonly sqs: Diagnose;
  readonly diagnoseAccounts: Diagnose;
  /** The parts that are on. */
  readonly parts: readonly RunningPart[];
}

/** Joins the checks of everything outside the process. */
export function composeDoctor(deps: DoctorDeps): Doctor {
  const { store, rules, source, parts } = deps;
  return createDoctor({
    rules,
    parts: {
      jira: deps.jira,
      sqs: deps.sqs,
      'access-analyzer': createDiagnoseAnalyzer({ store, source }),
      accounts: deps.diagnoseAccounts,
      coverage: createDiagnoseCoverage({ store, source }),
      store: createDiagnoseStore(deps),
      ...Object.fromEntries(parts.map(({ name, diagnose }) => [name, diagnose])),
    },
  });
}
