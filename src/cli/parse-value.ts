import { InvalidArgumentError } from 'commander';

const MAX_LIMIT = 1_000_000;
const MAX_WATCH_S = 86_400;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number of entries. @throws InvalidArgumentError */
export function toLimit(text: string): number {
  return wholeNumber(text, 1, MAX_LIMIT);
}

/** Seconds. @throws InvalidArgumentError */
export function toSeconds(text: string): number {
  return wholeNumber(text, 1, MAX_WATCH_S);
}

/** @throws InvalidArgumentError */
export function toRevision(text: string): number {
  return wholeNumber(text, 1, Number.MAX_SAFE_INTEGER);
}

/** A length of time such as `30m`, `2h` or `1d12h`, in ms. @throws InvalidArgumentError */
export function toLength(text: string): number {
  const parts = [...text.matchAll(/(\d{1,6})([smhd])/g)];
  const length = parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0), 0);
  if (parts.map(([part]) => part).join('') !== text || length === 0)
    throw new InvalidArgumentError('Expected a length of time such as 30m, 2h or 1d12h.');
  return length;
}

/** A time with its zone. @throws InvalidArgumentError */
export function toTime(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError('Expected a time with its zone, such as 2026-03-01T18:00:00Z.');
  return text;
}

/** @throws InvalidArgumentError */
export function toScope(text: string): string {
  if (!/^(all|rule:\S+|project:[A-Z][A-Z0-9_]*)$/.test(text)) throw new InvalidArgumentError('Expected all, rule:ID or project:KEY.');
  return text;
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  return number;
}
