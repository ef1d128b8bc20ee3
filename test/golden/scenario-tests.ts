import { expect, onTestFinished, test } from 'vitest';
import { adminAnswers } from './admin-answers.ts';
import { FAULT_SCENARIOS } from './fault-scenarios.ts';
import { golden } from './golden.ts';
import { openGoldenSite, type StoreMaker } from './golden-site.ts';
import { PEOPLE_SCENARIOS } from './people-scenarios.ts';
import { PLAIN_SCENARIOS } from './plain-scenarios.ts';

const SCENARIOS = [...PLAIN_SCENARIOS, ...FAULT_SCENARIOS, ...PEOPLE_SCENARIOS];

/** Every scenario on one kind of store. @param part of the names @param makeStores called for each of them */
export function scenarioTests(part: string, makeStores: () => StoreMaker): void {
  const scenarios = golden(part);

  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
    const site = await openGoldenSite(makeStores(), scenario.jira ?? {});
    onTestFinished(() => site.end());
    const parts = await scenario.run(site);
    scenarios.check(`${name}/requests`, null, site.requests());
    const documents = site.documents();
    const answers = await adminAnswers(site, parts);
    scenarios.check(`${name}/documents`, 'documents', documents, true);
    scenarios.check(`${name}/admin`, 'admin', answers);
    const serviceEvents = site.serviceEvents();
    expect(JSON.stringify(serviceEvents)).not.toContain('internal-error');
    scenarios.check(`${name}/happenings`, 'happenings', serviceEvents);
  });

  test('nothing that was recorded is missing', async () => {
    await scenarios.finish();
  });
}
