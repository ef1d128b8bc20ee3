/** Longer than any name of AWS; a longer one is an attempt at something. */
const MAX_WORD = 512;

/** Letters of any script are quoted, not refused. These are refused: they can't be seen, or the AWS CLI reads something else into them. */
const REFUSED = /[\p{C}\u2028\u2029]|^-|^(?:fileb?|https?):\/\//u;

/**
 * A value as one word of a command for a POSIX shell, quoted where a shell would read more into it.
 * @returns null when it is better not put in a command: empty, too long, with characters that can't be seen, or taken by the AWS CLI for
 * an option or for the name of a file to read (https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html)
 */
export function shellWord(value: string): string | null {
  if (value === '' || value.length > MAX_WORD || REFUSED.test(value)) return null;
  return /^[A-Za-z0-9:/_.@+][A-Za-z0-9:/_.=@+-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/**
 * Puts values into the `{names}` of a command, each as one word. What is in capitals is for the reader to replace.
 * @returns null when a value is missing or can't be put in
 */
export function shellLine(command: string, values: Readonly<Record<string, string>>): string | null {
  let isWhole = true;
  const line = command.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const word = Object.hasOwn(values, name) ? shellWord(values[name] ?? '') : null;
    isWhole &&= word !== null;
    return word ?? '';
  });
  return isWhole ? line : null;
}
