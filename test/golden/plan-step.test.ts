import { expect, test } from 'vitest';
import type { Step } from '../../src/issues/step.ts';
import { drawFrom } from './draw.ts';
import { golden } from './golden.ts';
import { PLAN_FINDINGS } from './plan-findings.ts';
import { drawPlanInput } from './plan-inputs.ts';
import { outputOf, recordedInput } from './plan-outputs.ts';

const CHUNKS = 20;
const CHUNK = 1_000;
const ENOUGH = 20;

const STEPS: readonly Step['step'][] = [
  'create',
  'close',
  'correct',
  'link',
  'reopen',
  'finish',
  'add-marker',
  'label',
  'remove-marker',
  'update',
  'write-membership',
  'nothing',
];

/** `paused` and `observe-only` are said by others. */
const REASONS: readonly Step['because'][] = [
  'not-opened-yet',
  'resolved',
  'archived',
  'ended',
  'unmonitored',
  'unanalysed',
  'unrouted',
  'follows-another',
  'active-again',
  'routed-again',
  'transition-unfinished',
  'linked',
  'labels-not-on-screen',
  'unlinked',
  'content-changed',
  'members-changed',
  'already-open',
  'already-closed',
  'never-opened',
  'rule-ignores',
  'no-rule-matches',
  'no-members',
  'members-unknown',
  'closed-by-person',
  'error-issue-awaited',
];

const plan = golden('plan');
const seen = new Map<string, number>();

function count(word: string): void {
  seen.set(word, (seen.get(word) ?? 0) + 1);
}

test('findings', () => {
  plan.check('findings', 'plan', PLAN_FINDINGS);
});

test.each(Array.from({ length: CHUNKS }, (_, n) => n))('inputs of chunk %i and what is decided from them', (n) => {
  const draw = drawFrom(n + 1);
  const inputs = Array.from({ length: CHUNK }, () => drawPlanInput(draw));
  const outputs = inputs.map(outputOf);
  for (const { step } of outputs) {
    count(`step ${step.step}`);
    count(`because ${step.because}`);
  }
  const name = String(n).padStart(2, '0');
  plan.check(`inputs-${name}`, 'plan', inputs.map(recordedInput));
  plan.check(
    `outputs-${name}`,
    'plan',
    outputs.map(({ recorded }) => recorded),
  );
});

test('every step and every reason was among them, often enough', () => {
  const words = [...STEPS.map((step) => `step ${step}`), ...REASONS.map((because) => `because ${because}`)];
  expect(words.filter((word) => (seen.get(word) ?? 0) < ENOUGH).map((word) => `${word}: ${seen.get(word) ?? 0}`)).toEqual([]);
});

test('nothing that was recorded is missing', async () => {
  await plan.finish();
});
