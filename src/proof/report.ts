import type { Verdict } from './assumption.ts';
import { isAsAssumed, type Proof } from './proof.ts';

/** One run of the doctor. */
export interface ProofReport {
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly proofs: readonly Proof[];
}

/** The report for people, as Markdown that can be pasted into an issue of the project. */
export function reportText({ version, at, proofs }: ProofReport): string {
  const title = `findings-to-jira ${version}, npm run doctor, ${at.slice(0, 10)}`;
  return `${[title, ...proofs.map(proofText)].join('\n\n')}\n`;
}

function proofText(proof: Proof): string {
  const rows = proof.observations.map(({ assumption, assumed, observed, verdict }) =>
    [assumption, assumed, observed, verdict].map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')),
  );
  const table = [['Assumption', 'Assumed', 'Observed', 'Verdict'], ['---', '---', '---', '---'], ...rows];
  return [...table.map((cells) => `| ${cells.join(' | ')} |`), '', summary(proof)].join('\n');
}

function summary(proof: Proof): string {
  const { of, issueKey, stopped, observations } = proof;
  const count = (verdict: Verdict): string => `${observations.filter((one) => one.verdict === verdict).length} ${verdict}`;
  const counts = [count('as assumed'), count('different'), count('not observed')].join(', ');
  const parts = [
    `${of === 'jira' ? 'Jira' : 'AWS'}: ${isAsAssumed(proof) ? 'as assumed' : 'not proven'} (${counts})`,
    ...(issueKey === null ? [] : [`test issue ${issueKey}`]),
    ...(stopped === null ? [] : [`ended early: ${stopped}`]),
  ];
  return `${parts.join('; ')}.`;
}

/** The same for programs. */
export function reportJson({ version, at, proofs }: ProofReport): string {
  return `${JSON.stringify({ ok: proofs.every(isAsAssumed), version, at, proofs }, null, 2)}\n`;
}
