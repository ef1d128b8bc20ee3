import type { Json } from '../../findings/json.ts';

/**
 * The store's terms in the input of an operation over many documents.
 * @throws Error when there are none: without terms it would run over everything
 */
export function termsIn(input: Json): readonly string[] {
  const terms = Array.isArray(input) ? input.filter((term) => typeof term === 'string') : [];
  if (terms.length === 0) throw new Error('The operation does not say what it is for');
  return terms;
}
