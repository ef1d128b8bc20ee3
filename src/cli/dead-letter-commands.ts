import type { Command } from 'commander';
import type { OutputOptions } from './command-context.ts';
import type { LettersOptions, RedriveOptions } from './commands/dead-letters.ts';
import type { ConfirmOptions } from './confirm.ts';
import { limitOption, noWaitOption, outputOption, withExamples, yesOption } from './shared-options.ts';
import type { Terminal } from './terminal.ts';

/** The commands about messages that could not be read. */
export function addDeadLetterCommands(program: Command, terminal: Terminal): void {
  const letters = program.command('dead-letters').description('messages that could not be read');

  withExamples(
    letters
      .command('list', { isDefault: true })
      .description('the messages, the newest first')
      .option('--because <reason>', 'such as not-json')
      .addOption(limitOption())
      .addOption(outputOption()),
    ['dead-letters', 'all of them'],
  ).action(async (options: LettersOptions) => (await import('./commands/dead-letters.ts')).showDeadLetters(terminal, options));

  withExamples(
    letters
      .command('show')
      .description('one message with its body')
      .argument('<id>', 'the id, or its beginning')
      .addOption(outputOption(['table', 'json', 'yaml'])),
    ['dead-letters show 9f86d081884c', 'by the beginning of its id'],
  ).action(async (id: string, options: OutputOptions) =>
    (await import('./commands/dead-letters.ts')).showDeadLetter(terminal, id, options),
  );

  withExamples(
    letters
      .command('redrive')
      .description('move dead letters back to their queues, and read kept messages again')
      .addOption(noWaitOption())
      .addOption(yesOption()),
    ['dead-letters redrive', 'after a question'],
  ).action(async (options: RedriveOptions) => (await import('./commands/dead-letters.ts')).redriveDeadLetters(terminal, options));

  withExamples(
    letters
      .command('dismiss')
      .description('let the service forget one message')
      .argument('<id>', 'the id, or its beginning')
      .addOption(yesOption()),
    ['dead-letters dismiss 9f86d081884c', 'after a question'],
  ).action(async (id: string, options: ConfirmOptions) =>
    (await import('./commands/dead-letters.ts')).dismissDeadLetter(terminal, id, options),
  );
}
