import { cutText } from '../../rules/cut-text.ts';

/** Maximum characters of one value in a list, and of a whole list. */
const MAX_VALUE = 400;
const MAX_LIST = 1_250;

/** As many values as fit, and the number of the others. @param rest where to find those, completing `… and 12 more; …` */
export function textList(values: readonly string[], most: number = MAX_LIST, rest = 'the finding in AWS lists them all'): string {
  let shown = '';
  for (const [index, value] of values.entries()) {
    const next = `${shown}${index === 0 ? '' : ', '}${cutText(value, MAX_VALUE)}`;
    if (next.length > most) return `${shown} and ${values.length - index} more; ${rest}`;
    shown = next;
  }
  return shown;
}
