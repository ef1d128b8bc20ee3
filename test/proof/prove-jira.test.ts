import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { JIRA_ASSUMPTIONS } from '../../src/proof/jira-assumptions.ts';
import type { Proof } from '../../src/proof/proof.ts';
import { isAsAssumed } from '../../src/proof/proof.ts';
import { proveJira } from '../../src/proof/prove-jira.ts';
import { BROKEN_ASSUMPTIONS, type BrokenAssumption } from '../../src/sandbox/jira/broken-assumptions.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { created } from '../sandbox/simulator-client.ts';
import { liveProofOptions } from '../support/jira/live-proof.ts';

let jira: JiraSimulator;

beforeAll(async () => {
  jira = await startJiraSimulator({
    projects: [
      { key: 'SEC', workflow: 'strict' },
      { key: 'BARE', workflow: 'global', offScreen: ['labels'] },
      { key: 'MUTE', lacking: ['ADD_COMMENTS', 'EDIT_ISSUES'] },
      { key: 'FULL', required: ['duedate'] },
    ],
  });
});
afterAll(() => jira.close());
beforeEach(() => jira.reset());

function verdicts({ observations }: Proof, verdict: Proof['observations'][number]['verdict']): readonly string[] {
  return observations.filter((one) => one.verdict === verdict).map(({ assumption }) => assumption);
}

const UNOBSERVABLE = Object.entries(JIRA_ASSUMPTIONS).flatMap(([id, one]) => ('unobservable' in one ? [id] : []));

describe('a site that is as assumed', () => {
  test('all that can be observed is as assumed while search lags, and the issue is closed', async () => {
    await created(jira);
    jira.faults.indexLagMs = 300;
    const proof = await proveJira(liveProofOptions(jira));
    expect(proof.observations.filter(({ verdict }) => verdict === 'different')).toEqual([]);
    expect(verdicts(proof, 'not observed')).toEqual(['edit-off-screen', ...UNOBSERVABLE]);
    expect([proof.stopped, isAsAssumed(proof)]).toEqual([null, true]);
    expect(jira.issues().map(({ key, status }) => [key, status])).toEqual([
      ['SEC-1', 'Open'],
      [proof.issueKey, 'Closed'],
    ]);
  });
});
