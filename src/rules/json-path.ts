import { cutText } from './cut-text.ts';

const MAX_NAME_LENGTH = 80;

/** `path.name`, or `path["name"]` where the name would read as more than one step. */
export function propertyPath(path: string, name: string): string {
  const shown = cutText(name, MAX_NAME_LENGTH);
  if (shown === '' || /^\d/.test(shown) || PUNCTUATION.some((mark) => shown.includes(mark))) return `${path}[${JSON.stringify(shown)}]`;
  return path === '' ? shown : `${path}.${shown}`;
}

const PUNCTUATION = ['.', '[', ']', '"', ' ', '\n'];

/** `path[index]`, counted from 0. */
export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`;
}
