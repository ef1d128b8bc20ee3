import { Document, visit } from 'yaml';
import { ALL_UNSEEN, hasUnseen } from './safe-text.ts';

/** YAML for people and programs: the same value, with characters that are not shown as escapes. */
export function safeYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && needsQuotes(scalar.value)) scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Infinity });
  return text.replaceAll(ALL_UNSEEN, (character) => (character === '\n' ? character : escaped(character)));
}

/** Only a double-quoted text can hold an escape. A block of lines loses spaces at its beginning and at the ends of lines. */
function needsQuotes(text: string): boolean {
  return hasUnseen(text.replaceAll('\n', '')) || (text.includes('\n') && /^\s|[ \t](?:\n|$)/.test(text));
}

/** Source: https://yaml.org/spec/1.2.2/#57-escaped-characters */
function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}
