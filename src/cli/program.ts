import { Argument, Command, Option } from 'commander';
import { addDeadLetterCommands } from './dead-letter-commands.ts';
import { addPauseCommands } from './pause-commands.ts';
import { addRulesCommands } from './rules-commands.ts';
import { safeLines } from './safe-text.ts';
import { addFilters, filtersIn, limitOption, noWaitOption, outputOption, watchOption, withExamples, yesOption } from './shared-options.ts';
import type { Output, Terminal } from './terminal.ts';
import type { ExportOptions } from './commands/export.ts';
import type { FailuresOptions, RetryOptions } from './commands/failures.ts';
import type { FindingsOptions } from './commands/findings.ts';
import type { OperationOptions } from './commands/operation.ts';
import type { ReleaseOptions } from './commands/release.ts';
import type { SweepOptions } from './commands/sweep.ts';
import type { WhyOptions } from './commands/why.ts';
import type { OutputOptions } from './command-context.ts';
import type { PreviewOptions } from './local/show-preview.ts';
import type { WatchOptions } from './watch.ts';

/** Help is read best in lines that are not too long. */
const MAX_HELP_COLUMNS = 120;

const AFTER_HELP = `
Environment:
  F2J_URL    address of the service (default: http://127.0.0.1:8080)
  F2J_TOKEN  token of ADMIN_TOKENS, or an access token of OIDC_ISSUER
  NO_COLOR   no colours

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no answer, 4 not allowed, 130 interrupted.
docs/f2j.md explains every command.`;

/**
 * The commands of f2j. Each loads its own part only when it runs, so that help and completion come at once.
 */
export function createProgram(terminal: Terminal, version: string): Command {
  const program = new Command('f2j')
    .description('Looks after findings-to-jira: which finding has which issue, and why; what is stuck; the rules')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(safeLines(text)),
      writeErr: (text) => terminal.err.write(safeLines(text)),
      getOutHelpWidth: () => helpColumns(terminal.out),
      getErrHelpWidth: () => helpColumns(terminal.err),
    })
    .addHelpText('after', AFTER_HELP);

  withExamples(
    program
      .command('status')
      .description('whether all is well, and what to do first')
      .addOption(watchOption())
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['status --watch', 'look every 2 s'],
  ).action(async (options: OutputOptions & WatchOptions) => (await import('./commands/status.ts')).showStatus(terminal, options));

  withExamples(
    addFilters(program.command('findings').description('findings with their issues'))
      .addOption(limitOption())
      .addOption(watchOption())
      .addOption(outputOption()),
    ['findings --state open --severity critical', 'what is open and severe'],
    ['findings --q customer-data -o csv', 'for a spreadsheet'],
  ).action(async (options: FindingsOptions) =>
    (await import('./commands/findings.ts')).showFindings(terminal, options, filtersIn(options)),
  );

  withExamples(
    program
      .command('why')
      .description('one finding: its state, its history, and what each rule says')
      .argument('<id>', 'the id of a finding, or the key of its issue')
      .option('--analyzer-arn <arn>', 'the analyzer, where several use the id')
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['why SEC-12', 'the finding of an issue'],
    ['why SEC-12 -o json', 'with the request to Jira'],
  ).action(async (id: string, options: WhyOptions) => (await import('./commands/why.ts')).explainFinding(terminal, id, options));

  withExamples(
    program
      .command('failures')
      .description('what is stuck, why, and what to do')
      .option('--code <code>', 'the cause, such as jira-forbidden')
      .option('--project-key <key>', 'the project in Jira')
      .addOption(limitOption())
      .addOption(watchOption())
      .addOption(outputOption()),
    ['failures --code jira-forbidden', 'one cause only'],
  ).action(async (options: FailuresOptions) => (await import('./commands/failures.ts')).showFailures(terminal, options));

  withExamples(
    program
      .command('retry')
      .description('try what is stuck again now')
      .argument('[id]', 'one failed group; left out: all that match')
      .addOption(new Option('--code <code>', 'the cause, such as jira-forbidden'))
      .addOption(new Option('--project-key <key>', 'the project in Jira'))
      .addOption(noWaitOption())
      .addOption(yesOption()),
    ['retry', 'all, after a question'],
    ['retry --code jira-forbidden --yes', 'one cause, without a question'],
  ).action(async (id: string | undefined, options: RetryOptions) =>
    (await import('./commands/failures.ts')).retryFailures(terminal, id, options),
  );

  withExamples(
    addFilters(program.command('release').description('let held findings go, whatever pause or limit holds them'), 'state')
      .addOption(noWaitOption())
      .addOption(yesOption()),
    ['release --severity critical', 'the most severe of them'],
  ).action(async (options: ReleaseOptions) => (await import('./commands/release.ts')).releaseHeld(terminal, options, filtersIn(options)));

  addRulesCommands(program, terminal);
  addPauseCommands(program, terminal);

  withExamples(
    program
      .command('sweep')
      .description('compare AWS and Jira with the store now')
      .option('--dry-run', 'only say what a sweep would do')
      .addOption(noWaitOption())
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['sweep --dry-run', 'what events may have missed'],
  ).action(async (options: SweepOptions) => (await import('./commands/sweep.ts')).startSweep(terminal, options));

  withExamples(
    program
      .command('operation')
      .description('follow a long operation to its end')
      .argument('<id>', 'as the command that started it said')
      .option('--cancel', 'cancel it')
      .option('--no-wait', 'only show how far it is')
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['operation ID --cancel', 'end it'],
  ).action(async (id: string, options: OperationOptions) => (await import('./commands/operation.ts')).showOperation(terminal, id, options));

  addDeadLetterCommands(program, terminal);

  withExamples(
    program.command('doctor').description('let the service check Jira, SQS, Access Analyzer and the store').addOption(outputOption()),
    ['doctor', 'each problem with what to do'],
  ).action(async (options: OutputOptions) => (await import('./commands/doctor.ts')).runDoctor(terminal, options));

  withExamples(
    program
      .command('export')
      .description('every finding of a period, for auditors, into a file or a pipe')
      .option('--from <time>', 'the first day, or a time with its zone; left out: from the first finding on')
      .option('--to <time>', 'the last day, or the time of the end; left out: until now')
      .addOption(new Option('--format <format>', 'the form of the file').choices(['csv', 'ndjson']).default('csv')),
    ['export --from 2026-01-01 --to 2026-03-31 > evidence.csv', 'a quarter, for a spreadsheet'],
    ['export --format ndjson | gzip > evidence.ndjson.gz', 'all there is, for programs'],
  ).action(async (options: ExportOptions) => (await import('./commands/export.ts')).exportEvidence(terminal, options));

  withExamples(
    program
      .command('preview')
      .description('the issue of an event, without the service; nothing is sent')
      .argument('<file>', 'an event as it is in the queue; -: the standard input')
      .option('--rules <file>', 'a rules file instead of the shipped one')
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['preview event.json --rules rules.yaml', 'your event, your rules'],
    ['preview event.json -o json', 'what Jira would be given'],
  ).action(async (file: string, options: PreviewOptions) => (await import('./local/show-preview.ts')).showPreview(terminal, file, options));

  withExamples(
    program
      .command('completion')
      .description('print the completion for a shell')
      .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh'])),
    ['completion bash > /etc/bash_completion.d/f2j', 'for bash'],
    ['completion zsh > "${fpath[1]}/_f2j"', 'for zsh'],
  ).action(async (shell: 'bash' | 'zsh') => terminal.out.write((await import('./completion.ts')).completionFor(program, shell)));

  return program;
}

function helpColumns({ isTerminal, columns }: Output): number {
  return isTerminal ? Math.min(columns, MAX_HELP_COLUMNS) : MAX_HELP_COLUMNS;
}
