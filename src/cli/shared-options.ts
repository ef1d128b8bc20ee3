import { Option, type Command } from 'commander';
import { toLimit, toSeconds } from './parse-value.ts';

/** Options that several commands have, each with the same name and meaning. */

const FORMATS = ['table', 'json', 'yaml', 'csv'] as const;

export function outputOption(formats: readonly string[] = FORMATS): Option {
  return new Option('-o, --output <format>', 'the form of the output').choices(formats).default(formats[0]);
}

export function limitOption(): Option {
  return new Option('--limit <number>', 'show at most so many, over as many pages as that takes').argParser(toLimit).default(100);
}

export function watchOption(): Option {
  return new Option('-w, --watch [seconds]', 'show it again and again, every 2 s unless another time is given')
    .preset('2')
    .argParser(toSeconds);
}

export function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask');
}

export function noWaitOption(): Option {
  return new Option('--no-wait', 'only start the operation, and do not follow it to its end');
}

/** Filters of findings, by the names of the fields in the API. */
const FILTERS: readonly Option[] = [
  new Option('--state <state>', 'the state of the mapping').choices([
    'ignored',
    'observed',
    'held',
    'pending',
    'sending',
    'uncertain',
    'open',
    'accepted',
    'closed',
    'failed',
    'unlinked',
  ]),
  new Option('--finding-status <status>', 'ACTIVE, ARCHIVED, RESOLVED, or two of them with a comma'),
  new Option('--account-id <id>', 'the account of the resource'),
  new Option('--rule-id <id>', 'the rule that decided'),
  new Option('--project-key <key>', 'the project in Jira'),
  new Option('--severity <severity>', 'how severe the finding is').choices(['critical', 'high', 'medium', 'low']),
  new Option('--issue-key <key>', 'such as SEC-1'),
  new Option('--resource <arn>', 'the ARN of the resource'),
  new Option('--resource-type <type>', 'such as AWS::S3::Bucket'),
  new Option('--region <region>', 'such as eu-central-1'),
  new Option('--group <id>', 'findings that share one issue'),
  new Option('--is-public <value>', 'true, false, unknown, or two of them with a comma'),
  new Option('--owner <name>', 'the name of the owner'),
  new Option('--overdue <value>', 'whether the due date has passed: true or false').choices(['true', 'false']),
  new Option('--q <text>', 'the beginning of any part of an id, a key, an account, an ARN or a name'),
];

/** @param without the names of options that the command does not take */
export function addFilters(command: Command, ...without: readonly string[]): Command {
  for (const option of FILTERS) if (!without.includes(option.name())) command.addOption(option);
  return command;
}

/** The filters among a command's options. */
export function filtersIn(options: object): Readonly<Record<string, string>> {
  const names = new Set(FILTERS.map((option) => option.attributeName()));
  return Object.fromEntries(Object.entries(options).filter(([name, value]: [string, unknown]) => names.has(name) && value !== undefined));
}

/** Adds examples below the help of a command. @param lines each with what it is for */
export function withExamples(command: Command, ...lines: readonly (readonly [line: string, what: string])[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map(([line, what]) => `  # ${what}\n  $ f2j ${line}`).join('\n')}`);
}
