import { cutText } from '../../rules/cut-text.ts';
import { code, codeBlock, orderedList, paragraph, text, type AdfBlock, type AdfListItem, type AdfText } from './adf.ts';
import type { FixCase, FixStep } from '../../findings/resource-types/fix-step.ts';
import { shellLine, type ShellValues } from './shell-line.ts';

/** For a name inside a sentence. */
const MAX_NAME = 200;

/**
 * Guidance as a numbered list, each step with its commands below it. A command with an unsafe value is left out, and a sentence below the
 * list says so.
 * @param account the account whose credentials the commands need
 */
export function fixList(steps: readonly FixStep[], cases: ReadonlySet<FixCase>, values: ShellValues, account: string): readonly AdfBlock[] {
  const fitting = steps.filter(({ when }) => when === undefined || cases.has(when));
  const commands = fitting.flatMap((step) => step.commands ?? []).map((command) => shellLine(command, values));
  const lines = commands.filter((line) => line !== null);
  const replace = lines.some((line) => HAS_CAPITALS.test(line)) ? ' Replace what is in CAPITALS.' : '';
  return [
    ...(lines.length === 0 ? [] : [paragraph(text(`The commands are for the AWS CLI, signed in to account ${account}.${replace}`))]),
    orderedList(fitting.map((step) => stepBlocks(step, values))),
    ...(lines.length === commands.length
      ? []
      : [paragraph(text('A command is left out: a name holds characters that should not be pasted into a shell.'))]),
  ];
}

const HAS_CAPITALS = /(?:^|\s)[A-Z]+_[A-Z_]+(?:\s|$)/;

function stepBlocks({ text: words, commands = [] }: FixStep, values: ShellValues): AdfListItem['content'] {
  const lines = commands.flatMap((command) => shellLine(command, values) ?? []);
  return [paragraph(filled(words, values)), ...(lines.length === 0 ? [] : [codeBlock(lines.join('\n'))])];
}

/** A sentence with the values of its `{names}` as code. */
function filled(words: string, values: ShellValues): AdfText[] {
  return words.split(/(\{\w+\})/).flatMap((part) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const value = name === undefined || !Object.hasOwn(values, name) ? undefined : values[name];
    if (value === undefined) return text(part);
    return code(cutText(typeof value === 'string' ? value : value.join(', '), MAX_NAME));
  });
}
