import type { Colour } from './table.ts';

const OF_STATE: Readonly<Record<string, Colour>> = {
  open: 'green',
  failed: 'red',
  uncertain: 'yellow',
  held: 'yellow',
  sending: 'yellow',
  closed: 'dim',
  ignored: 'dim',
  observed: 'dim',
};
const OF_SEVERITY: Readonly<Record<string, Colour>> = { critical: 'red', high: 'red', medium: 'yellow' };

/** The colour of a mapping's state; the word itself is always there as well. */
export function stateColour(state: string): Colour | null {
  return OF_STATE[state] ?? null;
}

export function severityColour(severity: string): Colour | null {
  return OF_SEVERITY[severity] ?? null;
}
