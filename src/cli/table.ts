import { styleText } from 'node:util';
import { cutText, safeText, widthOf } from './safe-text.ts';
import type { Output } from './terminal.ts';

export type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold';

/** One column of a list, for people and as CSV. */
export interface Column<T> {
  /** The name in CSV: that of the API's field. */
  readonly name: string;
  /** The heading in a table; null: only in CSV. */
  readonly title: string | null;
  of(item: T): string | number | boolean | null;
  /** The text in a table where it differs from CSV. */
  shown?(item: T): string;
  /** Where a text that is too long is cut; left out: never. */
  readonly cut?: 'end' | 'middle';
  /** Characters that such a column should have before others are left out for it. */
  readonly room?: number;
  /** A narrow terminal loses the column with the highest number first; left out: none. */
  readonly drop?: number;
  colour?(item: T): Colour | null;
}

const GAP = '  ';
/** The narrowest form of a column that can be cut, and the usual `room`. */
const [MIN_CUT, USUAL_ROOM] = [8, 14];

/** A table that fits the terminal; a file or a pipe gets every column whole. Ends with a line break. */
export function renderTable<T>(columns: readonly Column<T>[], items: readonly T[], out: Output): string {
  const titled = columns.filter(({ title }) => title !== null);
  const cells = new Map(titled.map((column) => [column, items.map((item) => cellOf(column, item))]));
  const cellsOf = (column: Column<T>): readonly string[] => cells.get(column) ?? [];
  const full = (column: Column<T>): number => Math.max(widthOf(column.title ?? ''), ...cellsOf(column).map(widthOf));
  const chosen = out.isTerminal ? fitting(titled, full, out.columns) : titled;
  const widths = out.isTerminal ? shared(chosen, full, out.columns) : chosen.map(full);

  const line = (texts: readonly string[], colours: readonly (Colour | null)[]): string =>
    texts
      .map((text, at) => {
        const cut = cutText(text, widths[at] ?? 0, chosen[at]?.cut ?? 'end');
        const padding = at === texts.length - 1 ? '' : ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cut)));
        return `${paint(cut, colours[at] ?? null, out)}${padding}`;
      })
      .join(GAP)
      .trimEnd();

  const head = line(
    chosen.map(({ title }) => title ?? ''),
    chosen.map(() => 'dim'),
  );
  const rows = items.map((item, row) =>
    line(
      chosen.map((column) => cellsOf(column)[row] ?? ''),
      chosen.map((column) => column.colour?.(item) ?? null),
    ),
  );
  return `${[head, ...rows].join('\n')}\n`;
}

/** Colours only where the stream shows them. The text must be safe. */
export function paint(text: string, colour: Colour | null, { hasColours }: Pick<Output, 'hasColours'>): string {
  return colour === null || !hasColours || text === '' ? text : styleText(colour, text, { validateStream: false });
}

function cellOf<T>(column: Column<T>, item: T): string {
  const value = column.shown?.(item) ?? column.of(item);
  return value === null || value === '' ? '-' : safeText(String(value));
}

/** The columns that are shown: all that have room, and those that no terminal loses. */
function fitting<T>(columns: readonly Column<T>[], full: (column: Column<T>) => number, room: number): readonly Column<T>[] {
  const least = columns.reduce(
    (sum, column) => sum + (column.cut === undefined ? full(column) : Math.min(full(column), column.room ?? USUAL_ROOM)) + GAP.length,
    -GAP.length,
  );
  const droppable = columns.filter(({ drop }) => drop !== undefined).toSorted((a, b) => (b.drop ?? 0) - (a.drop ?? 0))[0];
  return least <= room || droppable === undefined
    ? columns
    : fitting(
        columns.filter((column) => column !== droppable),
        full,
        room,
      );
}

function narrowest<T>(column: Column<T>, full: (column: Column<T>) => number): number {
  return column.cut === undefined ? full(column) : Math.min(full(column), MIN_CUT);
}

/** The widths, with what is left shared by the columns that can be cut, the shortest first. */
function shared<T>(columns: readonly Column<T>[], full: (column: Column<T>) => number, room: number): readonly number[] {
  const widths = new Map(columns.map((column) => [column, narrowest(column, full)]));
  let left = room - [...widths.values()].reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  const growing = columns.filter((column) => column.cut !== undefined).toSorted((a, b) => full(a) - full(b));
  growing.forEach((column, at) => {
    const now = widths.get(column) ?? 0;
    const more = Math.max(0, Math.min(full(column) - now, Math.floor(left / (growing.length - at))));
    widths.set(column, now + more);
    left -= more;
  });
  return columns.map((column) => widths.get(column) ?? 0);
}
