import { CommandFailed, EXIT } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

export interface ConfirmOptions {
  readonly yes?: boolean;
}

/** Goes on only after a yes. @param question such as `Retry 3 failures?` @throws CommandFailed */
export async function confirm({ ask }: Terminal, { yes = false }: ConfirmOptions, question: string): Promise<void> {
  if (yes) return;
  if (ask === null) throw new CommandFailed(EXIT.usage, `${question}\nNo terminal can be asked; say --yes. Nothing was changed`);
  const answer = await ask(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandFailed(EXIT.failed, 'Nothing was changed');
}
