import { describe, expect, test } from 'vitest';
import { parseArn } from '../../../src/findings/arn.ts';
import { commandProblems, printedCommands } from '../../support/aws-cli/command-problems.ts';
import { shellCommands } from '../../support/aws-cli/shell-words.ts';
import { CORPUS } from '../../support/findings/finding-corpus.ts';
import { renderedCorpus } from '../../support/findings/rendered-corpus.ts';
import { expectValidAdf } from '../../support/jira/adf-check.ts';

const ISSUES = renderedCorpus();

test('the corpus has events of every kind, each once', () => {
  expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
  expect(CORPUS.length).toBeGreaterThan(200);
  expect(ISSUES.flatMap(({ document }) => printedCommands(document)).length).toBeGreaterThan(1_000);
});

test.each(ISSUES)('Jira takes the text of $name, and AWS its commands', ({ finding, document }) => {
  expectValidAdf(document);
  expect(JSON.stringify(document).length).toBeLessThanOrEqual(30_000);
  const region = parseArn(finding.resource)?.region || finding.region;
  expect(
    commandProblems(document, {
      analyzer: parseArn(finding.analyzerArn)?.region ?? '',
      resource: region,
      partition: parseArn(finding.resource)?.partition ?? '',
    }),
  ).toEqual([]);
});

describe('the check of commands refuses', () => {
  const problems = (...lines: readonly string[]): readonly string[] =>
    commandProblems(
      { type: 'doc', version: 1, content: [{ type: 'codeBlock', content: [{ type: 'text', text: lines.join('\n') }] }] },
      { analyzer: 'eu-west-1', resource: 'eu-west-1', partition: 'aws' },
    );

  test.each([
    ['an operation that does not exist', 'aws s3api get-bucket-polcy --bucket b --region eu-west-1', /no operation s3api get-bucket-polcy/],
    ['a parameter that does not exist', 'aws s3api get-bucket-acl --bukket b --region eu-west-1', /--bukket: no such parameter/],
    ['a parameter that is missing', 'aws s3api get-bucket-acl --region eu-west-1', /--bucket is missing/],
    ['a Region that is missing', 'aws s3api get-bucket-acl --bucket b', /--region is null instead of eu-west-1/],
    ['another Region', 'aws s3api get-bucket-acl --bucket b --region us-east-1', /--region is us-east-1/],
    ['a file that is not there', 'aws s3api put-bucket-policy --bucket b --policy file://x.json --region eu-west-1', /writes x.json/],
    ['an open quote', "aws s3api get-bucket-acl --bucket 'b --region eu-west-1", /a shell interprets/],
    ['a variable', 'aws s3api get-bucket-acl --bucket $b --region eu-west-1', /a shell interprets/],
    ['JSON that is none', "aws accessanalyzer create-archive-rule --analyzer-name a --rule-name r --filter '{' --region eu-west-1", /JSON/],
    [
      'a member that does not exist',
      `aws accessanalyzer create-archive-rule --analyzer-name a --rule-name r --filter '{"resource":{"equal":["x"]}}' --region eu-west-1`,
      /--filter: no member equal/,
    ],
    [
      'a member of the shorthand that does not exist',
      'aws s3api put-public-access-block --bucket b --public-access-block-configuration BlockAcls=true --region eu-west-1',
      /no member BlockAcls/,
    ],
    [
      'a value for a flag',
      'aws secretsmanager put-resource-policy --secret-id s --resource-policy x --block-public-policy yes --region eu-west-1',
      /flag/,
    ],
    ['another program', 'curl x', /unknown program curl/],
  ])('%s', (_, line, problem) => {
    expect(problems(line).join('\n')).toMatch(problem);
  });

  test('and takes a file that an earlier command writes', () => {
    expect(
      problems(
        'aws s3api get-bucket-policy --bucket b --query Policy --output text --region eu-west-1 > x.json',
        'cp x.json old.json',
        "jq -Rs '{Policy: .}' old.json > y.json",
        'aws s3api put-bucket-policy --bucket b --policy file://y.json --region eu-west-1',
      ),
    ).toEqual([]);
    expect(shellCommands(`a 'b c'"d" \\$ && e > f | g`)).toEqual([
      { words: ['a', 'b cd', '$'], output: null },
      { words: ['e'], output: 'f' },
      { words: ['g'], output: null },
    ]);
  });
});
