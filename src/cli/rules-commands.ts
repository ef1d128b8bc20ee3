import type { Command } from 'commander';
import type { DiffOptions } from './commands/rules-diff.ts';
import type { GetOptions, HistoryOptions } from './commands/rules-get.ts';
import type { SaveOptions } from './commands/save-rules.ts';
import type { TestRulesOptions } from './local/test-rules.ts';
import { toRevision } from './parse-value.ts';
import { limitOption, noWaitOption, outputOption, withExamples, yesOption } from './shared-options.ts';
import type { Terminal } from './terminal.ts';

/** The commands about rules. */
export function addRulesCommands(program: Command, terminal: Terminal): void {
  const rules = program.command('rules').description('read, test and change the rules');

  withExamples(
    rules
      .command('get')
      .description('print the rules as a rules file, which apply takes')
      .option('--revision <number>', 'an earlier revision', toRevision)
      .addOption(outputOption(['yaml', 'json'])),
    ['rules get > rules.yaml', 'to edit them'],
  ).action(async (options: GetOptions) => (await import('./commands/rules-get.ts')).getRules(terminal, options));

  withExamples(
    rules
      .command('test')
      .description('run the tests in a rules file, without the service, and name rules that decide nothing')
      .argument('<file>', 'a rules file; -: the standard input')
      .option('--events <folder>', 'also evaluate the findings in its *.json files')
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['rules test rules.yaml', 'exit code 1: a test fails'],
  ).action(async (file: string, options: TestRulesOptions) => (await import('./local/test-rules.ts')).testRules(terminal, file, options));

  withExamples(
    rules
      .command('diff')
      .description('compare a rules file with the rules of the service')
      .argument('<file>', 'a rules file; -: the standard input')
      .option('--revision <number>', 'compare with an earlier revision', toRevision)
      .option('--exit-code', 'end with 1 if they differ'),
    ['rules diff rules.yaml', 'rule by rule'],
  ).action(async (file: string, options: DiffOptions) => (await import('./commands/rules-diff.ts')).diffRules(terminal, file, options));

  withExamples(
    saving(
      rules
        .command('apply')
        .description('check, backtest and save a rules file, after showing what it would change')
        .argument('<file>', 'a rules file; -: the standard input'),
    ),
    ['rules apply rules.yaml', 'after a question'],
    ['rules apply rules.yaml --yes --comment "New account"', 'in a pipeline'],
  ).action(async (file: string, options: SaveOptions) => (await import('./commands/save-rules.ts')).applyRules(terminal, file, options));

  withExamples(
    rules.command('history').description('the saved revisions, the newest first').addOption(limitOption()).addOption(outputOption()),
    ['rules history --limit 5', 'the last five'],
  ).action(async (options: HistoryOptions) => (await import('./commands/rules-get.ts')).showHistory(terminal, options));

  withExamples(
    saving(
      rules
        .command('rollback')
        .description('save the rules of an earlier revision again, in the same way as apply')
        .argument('<revision>', 'its number', toRevision),
    ),
    ['rules rollback 12', 'after a question'],
  ).action(async (revision: number, options: SaveOptions) =>
    (await import('./commands/save-rules.ts')).rollBackRules(terminal, revision, options),
  );
}

function saving(command: Command): Command {
  return command
    .option('--comment <text>', 'the reason, for the history')
    .option('--force', 'save in spite of failing tests, and of values that Jira would refuse')
    .addOption(noWaitOption())
    .addOption(yesOption());
}
