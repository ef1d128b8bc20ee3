import { expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { trackerOf } from '../../support/jira/tracker.ts';
import { until } from '../../support/until.ts';

test('what the site announces is the most, however high the ceiling, and no call is refused', async () => {
  const jira = await startJiraSimulator();
  onTestFinished(() => jira.close());
  jira.faults.endpointPerSecond = 8;
  const tracker = trackerOf(jira);
  const learned = () => tracker.governorState().callsPerSecond;
  await until(async () => {
    expect(await tracker.check()).toBeNull();
    return learned().because === 'announced';
  }, 'the limit is known');
  expect(learned().of).toBe(8);
  expect(jira.history().filter(({ status }) => status === 429)).toEqual([]);
});
