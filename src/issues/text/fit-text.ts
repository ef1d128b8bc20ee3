import { cutText } from '../../rules/cut-text.ts';
import { isGroupLabel } from '../marker.ts';
import { cleanText } from './adf.ts';

/** Characters of a label, UTF-16 units. Jira refuses a longer one, and any with a space. */
const MAX_LABEL = 255;

/** A text in one line of at most that many UTF-16 units, with an ellipsis where it is cut. */
export function oneLine(value: string, max: number): string {
  return cutText(cleanText(value).replaceAll(/\s+/g, ' ').trim(), max);
}

/**
 * A label from any text: `-` for spaces, and cut without an ellipsis. Empty: no label. A resource can have any name, and by none of them
 * may its issue look like the issue of another group.
 */
export function labelFrom(value: string): string {
  const label = cleanText(value).trim().replaceAll(/\s+/g, '-');
  const own = isGroupLabel(label.toLowerCase()) ? `x-${label}` : label;
  return own.slice(0, MAX_LABEL).replace(/[\ud800-\udbff]$/, '');
}
