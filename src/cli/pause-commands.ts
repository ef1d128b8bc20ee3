import { Argument, Option, type Command } from 'commander';
import type { OutputOptions } from './command-context.ts';
import type { PauseOptions } from './commands/pauses.ts';
import type { WaitOptions } from './follow-operation.ts';
import { toLength, toScope, toTime } from './parse-value.ts';
import { noWaitOption, outputOption, withExamples, yesOption } from './shared-options.ts';
import type { Terminal } from './terminal.ts';

/** The commands about pauses. */
export function addPauseCommands(program: Command, terminal: Terminal): void {
  withExamples(
    program
      .command('pause')
      .description('write nothing to Jira: for everything, a rule or a project')
      .addArgument(scopeArgument())
      .addOption(new Option('--for <length>', 'how long, such as 30m, 2h or 1d').argParser(toLength).conflicts('until'))
      .addOption(new Option('--until <time>', 'when it ends, such as 2026-03-01T18:00:00Z').argParser(toTime))
      .option('--reason <text>', 'the reason, for other people', 'paused with f2j')
      .addOption(yesOption()),
    ['pause --for 2h', 'everything'],
    ['pause project:PLAT --for 1d --reason "Jira is being migrated"', 'one project'],
  ).action(async (scope: string, options: PauseOptions) => (await import('./commands/pauses.ts')).setPause(terminal, scope, options));

  withExamples(program.command('pauses').description('what is paused, since when, and why').addOption(outputOption()), [
    'pauses',
    'all of them',
  ]).action(async (options: OutputOptions) => (await import('./commands/pauses.ts')).showPauses(terminal, options));

  withExamples(
    program.command('resume').description('lift a pause; what it held follows').addArgument(scopeArgument()).addOption(noWaitOption()),
    ['resume', 'everything'],
    ['resume project:PLAT', 'one project'],
  ).action(async (scope: string, options: WaitOptions) => (await import('./commands/pauses.ts')).liftPause(terminal, scope, options));
}

function scopeArgument(): Argument {
  return new Argument('[scope]', 'all, rule:ID or project:KEY').argParser(toScope).default('all');
}
