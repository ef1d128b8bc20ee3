import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { issueExamples } from '../../../scripts/issue-examples.ts';
import { previewMessage } from '../../../src/cli/local/preview-issue.ts';
import { rulesFrom } from '../../../src/cli/local/rules-from.ts';
import { f2j } from '../../support/cli/f2j.ts';
import { expectValidAdf } from '../../support/jira/adf-check.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, 'test/fixtures/issue-examples');

/** AWS samples that are not part of the repository. */
const SAMPLES = join(ROOT, '../shared/events');

const preview = (...args: readonly string[]) => f2j(['preview', ...args]);

test('docs/issue-examples.md shows what the command prints', async () => {
  const document = readFileSync(join(ROOT, 'docs/issue-examples.md'), 'utf8');
  expect(document).toBe(issueExamples());
  expect(document.match(/^## /gm)).toHaveLength(12);
  expect(document).toContain((await preview(join(FOLDER, 'public-bucket.json'), '--rules', join(FOLDER, 'rules.yaml'))).out);
});

test('the command prints what Jira is given as JSON', async () => {
  const { out } = await preview(join(FOLDER, 'shared-key.json'), '--rules', join(FOLDER, 'rules.yaml'), '-o', 'json');
  expect(JSON.parse(out)).toMatchObject([
    { kind: 'issue', ruleId: 'keys', draft: { projectKey: 'SEC', dueDate: '2026-03-31', description: { type: 'doc', version: 1 } } },
  ]);
});

test.each([
  ['no file', [], /missing required argument 'file'/],
  ['two files', ['a', 'b'], /too many arguments/],
  ['a file that is not there', ['nowhere.json'], /nowhere\.json/],
  ['a rules file that is none', ['package.json', '--rules', 'package.json'], /^f2j: package\.json: version: expected 1/],
])('%s: a clear message and exit code 2', async (_, args, words) => {
  expect(await preview(...args)).toEqual({ exitCode: 2, out: '', err: expect.stringMatching(words) });
});

test('a message without a finding is explained in a line', () => {
  const rules = rulesFrom(join(FOLDER, 'rules.yaml'));
  expect(previewMessage('{', rules)).toEqual([{ kind: 'none', why: expect.stringContaining('Cannot be read: not-json') }]);
  expect(
    previewMessage(JSON.stringify({ source: 'aws.access-analyzer', 'detail-type': 'Access Preview State Change', detail: {} }), rules),
  ).toEqual([{ kind: 'none', why: 'Passed over: access-preview' }]);
});

describe.skipIf(!existsSync(SAMPLES))('the samples of AWS (skipped where ../shared/events is not there)', () => {
  const rules = rulesFrom(join(ROOT, 'config/routing-rules.yaml'));
  test.each(existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((file) => file.endsWith('.json')) : [])('%s', (file) => {
    const shown = previewMessage(readFileSync(join(SAMPLES, file), 'utf8'), rules);
    for (const one of shown) if (one.kind === 'issue') expectValidAdf(one.draft.description);
    const whys = shown.flatMap((one) => (one.kind === 'none' ? one.why : []));
    expect(whys.filter((why) => !/^(?:Passed over|Cannot be read): /.test(why))).toEqual([]);
  });
});
