import { isJsonObject, type Json } from '../../findings/json.ts';
import { labelFrom, oneLine } from '../../issues/text/fit-text.ts';
import { cutText } from '../../rules/cut-text.ts';
import type { CreateField } from '../project/create-screen.ts';
import { isRich, MAX_LINE, MAX_RICH } from './value-forms.ts';

/**
 * A value with a template in it, cut and cleaned so that no name of a resource makes it too long for the field, or gives it several lines.
 * Null: nothing is left. Empty texts of a list are dropped. Pure.
 * @param field null: not known
 */
export function fitValue(field: CreateField | null, filled: Json): Json {
  if (!Array.isArray(filled)) return fitOne(field, filled);
  const all = filled.map((one: Json) => fitOne(field, one)).filter((one) => one !== null);
  const unique = all.filter((one, index) => typeof one !== 'string' || all.indexOf(one) === index);
  return unique.length === 0 ? null : unique;
}

function fitOne(field: CreateField | null, filled: Json): Json {
  if (Array.isArray(filled)) return fitValue(field, filled);
  if (isJsonObject(filled)) return filled;
  if (typeof filled !== 'string') return filled;
  const fit = fitText(field, filled);
  return fit === '' ? null : fit;
}

function fitText(field: CreateField | null, filled: string): string | number {
  if (field === null) return oneLine(filled, MAX_LINE);
  const { kind } = field;
  if (isRich(kind)) return cutText(filled.trim(), MAX_RICH);
  if (kind === 'labels') return labelFrom(filled);
  const line = oneLine(filled, MAX_LINE);
  // Without an ellipsis, which would be one more character of the address.
  if (kind === 'url') return oneLine(filled, Number.MAX_SAFE_INTEGER).replaceAll(' ', '%20').slice(0, MAX_LINE);
  return takesNumber(field) && /^-?\d{1,15}(?:\.\d{1,6})?$/.test(line) ? Number(line) : line;
}

function takesNumber({ type, kind }: CreateField): boolean {
  return type === 'number' || kind === 'gh-sprint' || kind === 'sd-customer-organizations';
}
