import { cutText } from '../../rules/cut-text.ts';
import { code, codeBlock, expand, orderedList, paragraph, shownWords, text, type AdfBlock, type AdfListItem, type AdfText } from './adf.ts';
import { cliLine } from './cli-line.ts';
import type { ShellValues } from './shell-line.ts';
import type { FixCase, FixStep } from '../../findings/resource-types/fix-step.ts';

/** For a name inside a sentence. */
const MAX_NAME = 200;

/**
 * Guidance as a numbered list, each step with its commands below it. A command with an unsafe value is left out, and a sentence below the
 * list says so.
 * @param account the account whose credentials the commands need
 * @param room the words that there is room for: further steps are folded. The first step always has room
 */
export function fixList(
  steps: readonly FixStep[],
  cases: ReadonlySet<FixCase>,
  values: ShellValues,
  account: string,
  room: number = Number.POSITIVE_INFINITY,
): readonly AdfBlock[] {
  const fitting = steps.filter(({ when }) => when === undefined || cases.has(when));
  const commands = fitting.flatMap((step) => step.commands ?? []).map((command) => cliLine(command, values));
  const lines = commands.filter((line) => line !== null);
  const replace = lines.some((line) => HAS_CAPITALS.test(line)) ? ' Replace what is in CAPITALS.' : '';
  const intro = lines.length === 0 ? [] : [paragraph(text(`The commands are for the AWS CLI, signed in to account ${account}.${replace}`))];
  const leftOut =
    lines.length === commands.length
      ? []
      : [paragraph(text('A command is left out: a name holds characters that should not be pasted into a shell.'))];
  const items = fitting.map((step) => stepBlocks(step, values));
  const most = stepsWithin(items, room - shownWords([...intro, ...leftOut]));
  const shown = items.slice(0, most < items.length ? wholeSteps(fitting, most) : most);
  return [...intro, orderedList(shown), ...folded(items, shown.length), ...leftOut];
}

const HAS_CAPITALS = /(?:^|\s)[A-Z]+_[A-Z_]+(?:\s|$)/;

/** The number of steps that fit into so many words: one at least. */
function stepsWithin(items: readonly AdfListItem['content'][], room: number): number {
  let left = room;
  const at = items.findIndex((item, index) => {
    left -= shownWords(item);
    return left < 0 && index > 0;
  });
  return at === -1 ? items.length : at;
}

/** Fewer steps, so that none is shown that needs the next; one at least. */
function wholeSteps(steps: readonly FixStep[], most: number): number {
  return most > 1 && steps[most - 1]?.isWithNext === true ? wholeSteps(steps, most - 1) : most;
}

function folded(items: readonly AdfListItem['content'][], shown: number): readonly AdfBlock[] {
  const rest = items.slice(shown);
  if (rest.length === 0) return [];
  const numbers = rest.length === 1 ? `step ${items.length}` : `steps ${shown + 1} to ${items.length}`;
  return [expand(`How to fix it, continued: ${numbers}`, orderedList(rest, shown + 1))];
}

function stepBlocks({ text: words, commands = [] }: FixStep, values: ShellValues): AdfListItem['content'] {
  const lines = commands.flatMap((command) => cliLine(command, values) ?? []);
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
