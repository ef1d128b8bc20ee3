import { readyRules, type RuleBook } from '../../src/pipeline/rulebook/rule-book.ts';
import type { Yielder } from '../../src/pipeline/rulebook/yielder.ts';
import { NO_ACCOUNTS } from '../../src/rules/known-accounts.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';

/** Nothing may run meanwhile: the order of replicas is the explorer's to choose. */
const AT_ONCE: Yielder = {
  yieldIfDue: () => Promise.resolve(),
  run(work) {
    for (;;) {
      const step = work.next();
      if (step.done === true) return Promise.resolve(step.value);
    }
  },
};

/** Every finding gets an issue. The rules never change, so that no read of them is a point at which something else may come first. */
export const MODEL_RULES: RuleBook = rulesOf();

function rulesOf(): RuleBook {
  const parsed = parseRules({
    version: 1,
    rules: [{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } }],
    limits: 'off',
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const rules = readyRules(parsed.rules, 1, AT_ONCE, () => NO_ACCOUNTS);
  return { current: () => Promise.resolve(rules), at: () => Promise.resolve(rules) };
}
