import { Type, type Static } from 'typebox';
import { openContext, showList, showValue, type OutputOptions } from '../command-context.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { safeText } from '../safe-text.ts';
import { paint, type Column } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../time-words.ts';

const Check = Type.Object({
  check: Type.String(),
  ok: Type.Boolean(),
  message: Type.String(),
  advice: Type.Union([Type.String(), Type.Null()]),
});

const Diagnosis = Type.Object({ ok: Type.Boolean(), checks: Type.Array(Check) });

const COLUMNS: readonly Column<Static<typeof Check>>[] = [
  { name: 'check', title: 'CHECK', of: ({ check }) => check },
  { name: 'ok', title: 'OK', of: ({ ok }) => ok },
  { name: 'message', title: 'MESSAGE', of: ({ message }) => message },
  { name: 'advice', title: 'ADVICE', of: ({ advice }) => advice },
];

/** Lets the service check everything outside of it. @throws CommandFailed when a check is not ok */
export async function runDoctor(terminal: Terminal, { output }: OutputOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const diagnosis = await api.read(Diagnosis, 'api/v1/doctor');
  if (output === 'table') terminal.out.write(diagnosis.checks.map((check) => `${checkLines(check, terminal).join('\n')}\n`).join(''));
  else if (output === 'csv') await showList(terminal, { output }, COLUMNS, diagnosis.checks, '');
  else await showValue(terminal, output, diagnosis);
  const wrong = diagnosis.checks.filter(({ ok }) => !ok);
  if (wrong.length > 0)
    throw new CommandFailed(EXIT.failed, `${counted(wrong.length, 'check')} of ${diagnosis.checks.length} found a problem`);
}

/** Sentences are not cut; the terminal breaks long lines. */
function checkLines({ check, ok, message, advice }: Static<typeof Check>, { out }: Terminal): readonly string[] {
  const head = `${paint(ok ? '✓' : '✗', ok ? 'green' : 'red', out)} ${paint(safeText(check), 'bold', out)}: ${safeText(message)}`;
  return [head, ...(ok || advice === null ? [] : [`    What to do: ${safeText(advice)}`])];
}
