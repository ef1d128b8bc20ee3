/** Longer than any name in AWS; a longer value is suspect. */
const MAX_WORD = 512;

/** Refused: invisible characters, and values that the AWS CLI interprets. Letters of any script are quoted, not refused. */
const REFUSED = /[\p{C}\u2028\u2029]|^-|^(?:fileb?|https?):\/\//u;

/**
 * A value as one word of a command for a POSIX shell, quoted where a shell would interpret it.
 * @returns null if the value is unsafe in a command: empty, too long, with invisible characters, or a word that the AWS CLI takes for an
 * option or for the name of a file to read (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html)
 */
export function shellWord(value: string): string | null {
  if (value === '' || value.length > MAX_WORD || REFUSED.test(value)) return null;
  return /^[A-Za-z0-9:/_.@+][A-Za-z0-9:/_.=@+-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** Values of the `{names}` of commands; a list is several words. */
export type ShellValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * Puts values into the `{names}` of a command, each as one word. The reader replaces words in capitals.
 * @returns null if a value is missing or unsafe
 */
export function shellLine(command: string, values: ShellValues): string | null {
  let isWhole = true;
  const line = command.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = (Object.hasOwn(values, name) ? values[name] : undefined) ?? '';
    const words = (typeof value === 'string' ? [value] : value).map(shellWord);
    isWhole &&= words.length > 0 && words.every((word) => word !== null);
    return words.join(' ');
  });
  return isWhole ? line : null;
}
