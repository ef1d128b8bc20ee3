import type { CloseOutcome } from '../../rules/transition-aim.ts';
import { answersTo, namesOf, type Named } from '../project/issue-status.ts';
import { outcomeFit } from './outcome-fit.ts';
import type { ScreenValue } from './workflow-map.ts';

/**
 * The resolution for what became of the findings, among those that a screen offers: the best by its words, else the only one, unless its words
 * say something else about a fix. Undefined: nothing is guessed. Pure.
 */
export function chooseResolution(values: readonly ScreenValue[], outcome: CloseOutcome | 'duplicate'): ScreenValue | undefined {
  const judged = values.map((value) => ({ value, fit: outcomeFit(namesOf(namedValue(value)), outcome) }));
  const [best] = judged
    .flatMap(({ value, fit }) => (fit.fit === 'yes' ? [{ value, rank: fit.rank }] : []))
    .toSorted((a, b) => a.rank - b.rank);
  if (best !== undefined) return best.value;
  const [only, ...others] = judged;
  return others.length === 0 && (only?.fit.fit === 'unknown' || outcome !== 'resolved') ? only?.value : undefined;
}

/** The offered resolution that a rule means; undefined: it is not offered. Pure. */
export function givenResolution(values: readonly ScreenValue[], given: string): ScreenValue | undefined {
  return values.find((value) => answersTo(namedValue(value), given));
}

/** The reference to a resolution that a rule names, where the choices are not known. An id has digits only. */
export function resolutionReference(given: string): { readonly id: string } | { readonly name: string } {
  return /^\d+$/.test(given) ? { id: given } : { name: given };
}

function namedValue({ id, label, untranslated }: ScreenValue): Named {
  return { name: label, ...(id === null ? {} : { id }), ...(untranslated === undefined ? {} : { untranslatedName: untranslated }) };
}
