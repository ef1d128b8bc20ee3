import * as fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cliLine, consoleLink } from '../../src/issues/finding-links.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/finding-events.ts';
import { findingOf } from '../support/service-parts.ts';

const analyzer = (partition: string, region: string): { resources: string[] } => ({
  resources: [`arn:${partition}:access-analyzer:${region}:111122223333:analyzer/x`],
});

test('each kind has its page in the console of the analyzer’s Region', () => {
  expect(consoleLink(findingOf(externalEvent()))).toBe(
    'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/details/22222222-dcba-4444-dcba-000000000001',
  );
  expect(consoleLink(findingOf(unusedEvent()))).toBe(
    'https://us-west-2.console.aws.amazon.com/access-analyzer/home?region=us-west-2#/unused-access-findings?resource=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FReporting',
  );
  expect(consoleLink(findingOf(internalEvent()))).toBe('https://console.aws.amazon.com/access-analyzer/home?region=us-west-2');
});

test.each([
  ['aws-cn', 'cn-north-1', 'https://console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://console.amazonaws-us-gov.com/'],
])('the console of %s', (partition, region, start) => {
  expect(consoleLink(findingOf(externalEvent(analyzer(partition, region))))?.startsWith(start)).toBe(true);
});

test.each([
  ['a partition that we do not know', analyzer('aws-eusc', 'eusc-de-east-1')],
  ['a partition named like a part of every object', analyzer('constructor', 'us-west-2')],
  ['a Region that would end the host', analyzer('aws', 'evil.example/')],
  ['a Region with a query of its own', analyzer('aws', 'x&y=#')],
  ['no Region', analyzer('aws', '')],
  ['an id that makes the link too long', { detail: { id: '"'.repeat(4_000) } }],
])('no link for %s', (_, overrides) => {
  expect(consoleLink(findingOf(externalEvent(overrides)))).toBeNull();
});

test('what stands in a link is encoded, half a surrogate pair included', () => {
  const link = consoleLink(findingOf(externalEvent({ detail: { id: '"><script>\ud800#?&' } })));
  expect(link).toBe(
    'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/details/%22%3E%3Cscript%3E%EF%BF%BD%23%3F%26',
  );
  expect(consoleLink(findingOf(unusedEvent({ detail: { resource: '\udc00' } })))).toContain('resource=%EF%BF%BD');
});

test('the command is plain where nothing needs quoting', () => {
  expect(cliLine(findingOf(externalEvent()))).toBe(
    'aws accessanalyzer get-finding-v2 --analyzer-arn arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company --id 22222222-dcba-4444-dcba-000000000001 --region us-west-2',
  );
});

/** What a real shell makes of the line's words; it ends them with NUL, which no word can hold. */
function wordsInShell(lines: readonly string[]): string[][] {
  const script = lines.map((line) => `printf '%s\\0' ${line}; printf '\\0'`).join('\n');
  const [...all] = execFileSync('sh', [], { input: script, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\0');
  const words: string[][] = [[]];
  for (const word of all.slice(0, -1)) {
    if (word === '') words.push([]);
    else words.at(-1)?.push(word);
  }
  return words.slice(0, -1);
}

const NASTY = [
  "'",
  "''",
  '"',
  '\\',
  '`id`',
  '$(id)',
  '$HOME',
  ';',
  '&&',
  '|',
  '>',
  '\n',
  '\r',
  '!',
  '*',
  '~',
  '#',
  ' ',
  '\t',
  '%s',
  '{a,b}',
  'é',
  '🪣',
  '--',
  '=',
  'x',
];
const word = fc.array(fc.constantFrom(...NASTY), { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));

/** The character between analyzer and id in a finding key is refused in an analyzer's ARN. */
const inArn = word.map((text) => text.replaceAll('|', '!'));

test('a real shell reads the command as the words that it was made of', () => {
  const samples = fc.sample(fc.tuple(word, inArn, inArn), { numRuns: 300, seed: 7 });
  const lines = samples.map(([id, name, region]) =>
    cliLine(
      findingOf(
        externalEvent({
          resources: [`arn:aws:access-analyzer:${region.replaceAll(':', '')}:111122223333:analyzer/${name}`],
          detail: { id },
        }),
      ),
    ),
  );
  const expected = samples.map(([id, name, region]) => {
    return [
      'aws',
      'accessanalyzer',
      'get-finding-v2',
      '--analyzer-arn',
      `arn:aws:access-analyzer:${region}:111122223333:analyzer/${name}`,
      '--id',
      id,
      '--region',
      region,
    ];
  });
  expect(wordsInShell(lines)).toEqual(expected);
});
