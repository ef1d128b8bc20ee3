import type { SaveOutcome } from '../../../src/pipeline/rule-changes/save-rules.ts';
import type { ServiceParts } from './service-parts.ts';
import { rulesOf } from '../findings/parsed.ts';
import { until } from '../until.ts';

/** Saves rules in place of the current ones. @param besides parts beside the rules; absent: no limits */
export async function saveRules(
  parts: ServiceParts,
  rules: readonly unknown[],
  besides?: Readonly<Record<string, unknown>>,
): Promise<SaveOutcome> {
  return parts.saveRules({
    rules: rulesOf(rules, besides),
    base: (await parts.rules.current()).revision,
    by: { actor: 'anna', path: '/api/v1/rules', requestId: 'request' },
    action: 'rules.saved',
    target: 'rules',
    comment: null,
    pardoned: ['backtest'],
    backtestToken: null,
  });
}

/** Saves rules, and waits until every affected group has been asked for a pass. @returns the result of the operation */
export async function changeRules(parts: ServiceParts, rules: readonly unknown[]): Promise<unknown> {
  const saved = await saveRules(parts, rules);
  if (!saved.saved || saved.operation === null) throw new Error(`not saved: ${JSON.stringify(saved)}`);
  const { operation } = saved;
  await until(async () => (await parts.operations.read(operation))?.state === 'done', 'the change has reached the findings');
  return (await parts.operations.read(operation))?.result;
}
