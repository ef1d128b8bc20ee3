import { expect, onTestFinished, test } from 'vitest';
import type { CheckStart, StartProblem } from '../../../src/pipeline/ports/start-check.ts';
import { createReportStart, type ReportStartDeps } from '../../../src/pipeline/runtime/report-start.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { until } from '../../support/until.ts';

const away: StartProblem = { level: 'warn', line: 'JIRA_BASE_URL: away' };
const refused: StartProblem = { level: 'error', line: 'JIRA_API_TOKEN: refused' };
const noProject: StartProblem = { level: 'error', line: 'rules[0].issue.project: none' };

const rules: ReportStartDeps['rules'] = { current: async () => ({ compiled: rulesOf([]) }) };

test('checks until Jira has answered, and reports each problem once', async () => {
  const reported: StartProblem[] = [];
  const answers: (Awaited<ReturnType<CheckStart>> | Error)[] = [
    { answered: false, problems: [away] },
    { answered: false, problems: [away] },
    new Error('the store is away'),
    { answered: false, problems: [refused] },
    { answered: false, problems: [away] },
    { answered: true, problems: [noProject] },
  ];
  let asked = 0;
  const check: CheckStart = async () => {
    const answer = answers[asked];
    asked += 1;
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('asked too often');
    return answer;
  };
  const start = createReportStart({ check, rules, report: (problem) => void reported.push(problem), everyMs: 1 });
  onTestFinished(() => start.stop());
  start.start();
  await until(() => reported.length === 3, 'all are reported');
  expect(reported).toEqual([away, refused, noProject]);
  expect(asked).toBe(answers.length);
});

test('reports nothing after the stop', async () => {
  const reported: StartProblem[] = [];
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<CheckStart>>>();
  let asked = 0;
  const start = createReportStart({
    check: () => {
      asked += 1;
      return promise;
    },
    rules,
    report: (problem) => void reported.push(problem),
  });
  start.start();
  await until(() => asked === 1, 'Jira is asked');
  start.stop();
  resolve({ answered: false, problems: [away] });
  await new Promise((done) => setImmediate(done));
  expect(reported).toEqual([]);
});
