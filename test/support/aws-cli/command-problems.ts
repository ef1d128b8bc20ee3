import type { AdfDocument } from '../../../src/issues/text/adf.ts';
import { cliName } from './cli-names.ts';
import { CLI_SERVICES, commandShape } from './cli-schema.ts';
import { valueProblem } from './cli-value.ts';
import { shellCommands, type ShellCommand } from './shell-words.ts';

/** The Regions that the commands of an issue have to name. */
export interface ExpectedRegions {
  /** Of Access Analyzer's commands. */
  readonly analyzer: string;
  /** Of all others, except where AWS has one Region for all. */
  readonly resource: string;
  readonly partition: string;
}

/** A printed command with the texts that stand before it. */
interface Printed {
  readonly line: string;
  readonly before: string;
}

/** Options of the CLI itself: those that take a value, and those that do not. */
const GLOBAL = new Set(['--query', '--output', '--region', '--max-items']);
const GLOBAL_FLAGS = new Set(['--no-cli-pager']);

/** Programs beside the AWS CLI that a reader can be expected to have. */
const OTHER_PROGRAMS = new Set(['cp', 'jq']);

/**
 * What is wrong with the commands of an issue, one line each: an operation, parameter or member that AWS does not know or that is missing,
 * quoting, JSON, Regions, and files that no earlier command writes and no text names. Services whose client is not installed are only
 * parsed.
 */
export function commandProblems(document: AdfDocument, regions: ExpectedRegions): readonly string[] {
  const written = new Set<string>();
  return printedCommands(document).flatMap(({ line, before }) => {
    try {
      return shellCommands(line).flatMap((command) => problemsOf(command, before, written, regions).map((what) => `${what}: ${line}`));
    } catch (error) {
      return [`${error instanceof Error ? error.message : String(error)}: ${line}`];
    }
  });
}

/** The lines of all code blocks that hold a command; a block with JSON is a policy to paste. */
export function printedCommands(document: AdfDocument): readonly Printed[] {
  let before = '';
  const found: Printed[] = [];
  visit(document, (node) => {
    if (node.type === 'codeBlock') {
      const text = textOf(node);
      if (!/^\s*[{["]/.test(text)) for (const line of text.split('\n')) found.push({ line, before });
    } else if (node.type === 'text') before += node.text ?? '';
    else before += '\n';
    return node.type !== 'codeBlock';
  });
  return found;
}

interface AnyNode {
  readonly type: string;
  readonly text?: string;
  readonly content?: readonly AnyNode[];
}

/** @param see false: not its content */
function visit(node: AnyNode, see: (node: AnyNode) => boolean): void {
  if (see(node)) for (const child of node.content ?? []) visit(child, see);
}

function textOf({ text = '', content = [] }: AnyNode): string {
  return text + content.map(textOf).join('');
}

function problemsOf({ words, output }: ShellCommand, before: string, written: Set<string>, regions: ExpectedRegions): readonly string[] {
  const [program = ''] = words;
  const isFileKnown = (name: string): boolean => written.has(name) || before.includes(name);
  const missing = filesRead(words).filter((name) => !isFileKnown(name));
  if (output !== null) written.add(output);
  if (program === 'cp') written.add(words[2] ?? '');
  return [
    ...missing.map((name) => `no earlier command writes ${name}, and no text names it`),
    ...(program === 'aws' ? awsProblems(words.slice(1), regions) : OTHER_PROGRAMS.has(program) ? [] : [`unknown program ${program}`]),
  ];
}

function filesRead(words: readonly string[]): readonly string[] {
  const [program = ''] = words;
  if (program === 'aws') return words.flatMap((word) => /^fileb?:\/\/(.+)$/.exec(word)?.[1] ?? []);
  return words.slice(1, program === 'cp' ? 2 : undefined).filter((word) => /^[\w.-]+\.json$/.test(word));
}

function awsProblems([service = '', command = '', ...rest]: readonly string[], regions: ExpectedRegions): readonly string[] {
  const options = optionsOf(rest);
  if (options === null) return ['a word that belongs to no option'];
  const region = regionProblem(service, command, options.get('--region')?.join(' ') ?? null, regions);
  const unwanted = [...options].flatMap(([name, values]) => (GLOBAL.has(name) && values.length !== 1 ? [`${name} takes one value`] : []));
  return [
    ...(region === null ? [] : [region]),
    ...unwanted,
    ...(CLI_SERVICES.includes(service) ? schemaProblems(service, command, options) : []),
  ];
}

function optionsOf(words: readonly string[]): ReadonlyMap<string, readonly string[]> | null {
  const options = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const word of words) {
    if (/^--[a-z]/.test(word)) {
      current = [];
      options.set(word, current);
    } else if (current === null) return null;
    else current.push(word);
  }
  return options;
}

function schemaProblems(service: string, command: string, options: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const shape = commandShape(service, command);
  if (shape === null) return [`AWS has no operation ${service} ${command}`];
  const parameters = new Map([...shape.members].map(([name, member]) => [`--${cliName(name)}`, member]));
  const own = [...options].filter(([name]) => !GLOBAL.has(name) && !GLOBAL_FLAGS.has(name));
  return [
    ...shape.required
      .map((name) => `--${cliName(name)}`)
      .filter((name) => !options.has(name))
      .map((name) => `${name} is missing`),
    ...own.flatMap(([name, values]) => {
      const member = parameters.get(name) ?? parameters.get(name.replace('--no-', '--'));
      const problem = member === undefined ? 'no such parameter' : valueProblem(values, member());
      return problem === null ? [] : [`${name}: ${problem}`];
    }),
  ];
}

/** IAM is one for all Regions; outside the partition `aws` the CLI finds it only by a Region of that partition. */
function regionProblem(
  service: string,
  command: string,
  region: string | null,
  { analyzer, resource, partition }: ExpectedRegions,
): string | null {
  if (service === 'iam') {
    const isRight = partition === 'aws' ? region === null : region === resource;
    return isRight ? null : `--region is ${region} for IAM in ${partition}`;
  }
  const expected = service === 'accessanalyzer' ? analyzer : command.includes('multi-region-access-point') ? 'us-west-2' : resource;
  return region === expected ? null : `--region is ${region} instead of ${expected}`;
}
