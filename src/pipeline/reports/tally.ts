import { createDurations, type Spread } from './durations.ts';

/** The values by which a report is split. Null: unknown, or for an owner: no source knows one. */
export interface Subject {
  readonly severity: string | null;
  readonly accountId: string | null;
  readonly owner: string | null;
  readonly projectKey: string | null;
}

export const DIMENSIONS = ['severity', 'accountId', 'owner', 'projectKey'] as const satisfies readonly (keyof Subject)[];
export type Dimension = (typeof DIMENSIONS)[number];

/** One issue, as far as a report counts it. Durations: ms; null: unknown. */
export type Counted =
  | { readonly is: 'fixed'; readonly timeToFix: number | null }
  | { readonly is: 'open'; readonly age: number | null; readonly overdue: boolean };

/** The figures of some issues. */
export interface Figures {
  readonly fixed: number;
  /** Of those whose opening is known; null: of none. */
  readonly timeToFix: Spread | null;
  readonly open: number;
  readonly overdue: number;
  /** Of the open ones whose opening is known; null: of none. */
  readonly age: Spread | null;
}

/** The figures of one dimension, the most overdue value first. */
export interface Split {
  readonly items: readonly (Figures & { readonly value: string | null })[];
  /** Of all further values together; null: there are none. */
  readonly others: Figures | null;
}

/** The figures of all issues, and of each value of a dimension. Its memory is bounded, whatever the values are. */
export interface Tally {
  add(subject: Subject, counted: Counted): void;
  total(): Figures;
  by(dimension: Dimension): Split;
}

/** @param maxValues of each dimension; tags and accounts can be any number */
export function createTally(maxValues: number): Tally {
  const all = createFigures();
  const splits = new Map(DIMENSIONS.map((dimension) => [dimension, createSplit(maxValues)]));
  return {
    add(subject, counted) {
      all.add(counted);
      for (const [dimension, split] of splits) split.add(subject[dimension], counted);
    },
    total: all.read,
    by: (dimension) => splits.get(dimension)?.read() ?? { items: [], others: null },
  };
}

function createSplit(maxValues: number): { add(value: string | null, counted: Counted): void; read(): Split } {
  const values = new Map<string | null, ReturnType<typeof createFigures>>();
  let others: ReturnType<typeof createFigures> | null = null;

  function figuresOf(value: string | null): ReturnType<typeof createFigures> {
    const known = values.get(value);
    if (known !== undefined) return known;
    if (values.size >= maxValues) return (others ??= createFigures());
    const figures = createFigures();
    values.set(value, figures);
    return figures;
  }

  return {
    add: (value, counted) => figuresOf(value).add(counted),
    read: () => ({
      items: [...values].map(([value, figures]) => ({ value, ...figures.read() })).toSorted(worstFirst),
      others: others?.read() ?? null,
    }),
  };
}

type Item = Split['items'][number];

function worstFirst(a: Item, b: Item): number {
  return b.overdue - a.overdue || b.open - a.open || b.fixed - a.fixed || (a.value ?? '').localeCompare(b.value ?? '', 'en');
}

function createFigures(): { add(counted: Counted): void; read(): Figures } {
  const [timesToFix, ages] = [createDurations(), createDurations()];
  let [fixed, open, overdue] = [0, 0, 0];
  return {
    add(counted) {
      if (counted.is === 'fixed') {
        fixed += 1;
        if (counted.timeToFix !== null) timesToFix.add(counted.timeToFix);
        return;
      }
      open += 1;
      if (counted.overdue) overdue += 1;
      if (counted.age !== null) ages.add(counted.age);
    },
    read: () => ({ fixed, timeToFix: timesToFix.spread(), open, overdue, age: ages.spread() }),
  };
}
