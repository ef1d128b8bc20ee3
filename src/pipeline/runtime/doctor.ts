import type { RuleSet } from '../../rules/routing-rule.ts';
import type { DoctorCheck, Diagnose } from '../ports/doctor-check.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import { inTime } from './in-time.ts';

/** Checks every outside part for an operator, all at the same time. Never throws: a part that does not answer is a result, too. */
export type Doctor = () => Promise<readonly DoctorCheck[]>;

/** A part that takes longer counts as not answering, ms. Jira's checks wait behind all other work. */
const MAX_MS = 25_000;

const NO_RULES: RuleSet = { version: 1, rules: [] };

/** @param parts by their names */
export function createDoctor({ rules, parts }: { rules: RuleBook; parts: Readonly<Record<string, Diagnose>> }): Doctor {
  return async () => {
    // Without the store the rules are unknown; the other parts are checked all the same.
    const ruleSet = await inTime(rules.current(), MAX_MS).then(
      ({ compiled }) => compiled.ruleSet,
      () => NO_RULES,
    );
    const found = await Promise.all(Object.entries(parts).map(([name, diagnose]) => runCheck(name, diagnose, ruleSet)));
    return found.flat();
  };
}

async function runCheck(name: string, diagnose: Diagnose, ruleSet: RuleSet): Promise<readonly DoctorCheck[]> {
  try {
    return await inTime(diagnose(ruleSet), MAX_MS);
  } catch (error) {
    const message = error instanceof Error ? error.message.slice(0, 300) : 'does not answer';
    return [{ check: name, ok: false, message, advice: 'Can the service reach it? Look in the log' }];
  }
}
