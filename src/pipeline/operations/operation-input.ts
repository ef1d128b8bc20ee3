import type { Json } from '../../findings/json.ts';

/**
 * The store's terms that an operation over many documents was asked with.
 * @throws Error when they are none: without terms it would be done to everything
 */
export function termsIn(input: Json): readonly string[] {
  const terms = Array.isArray(input) ? input.filter((term) => typeof term === 'string') : [];
  if (terms.length === 0) throw new Error('The operation does not say what it is for');
  return terms;
}
