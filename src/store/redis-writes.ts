import { EPOCH, type Write } from '../pipeline/ports/store.ts';
import { indexTerms } from './check-writes.ts';
import { indexChanges } from './index-changes.ts';
import { packDocument, type Indexed } from './packed-document.ts';
import { atPlace, bytesOf, hexOf, placeOf, termPlace } from './places.ts';

/** A write as arguments of the commit script. @param was the document's index before; null: there is none, or it does not matter */
export function argsOf({ collection, id, expected, becomes }: Write, was: Indexed | null): readonly (string | Buffer)[] {
  const place = placeOf(collection, id);
  const next = becomes === null ? null : { at: becomes.at, terms: indexTerms(becomes.terms) };
  const { gone, came } = indexChanges(was, next);
  return [
    hexOf(place),
    id,
    expected ?? '',
    becomes === null ? '0' : '1',
    // The commit script reads the epoch.
    becomes === null ? '' : packDocument(id, next, becomes.json, { isPlain: collection === EPOCH.collection }),
    collection,
    becomes?.due?.toString() ?? '',
    entries(collection, gone, was?.at ?? 0, place),
    entries(collection, came, next?.at ?? 0, place),
  ];
}

/** Entries of the index, one after the other. */
export function entries(collection: string, terms: readonly string[], at: number, place: string): Buffer {
  const rest = atPlace(at) + place;
  return bytesOf(terms.map((term) => termPlace(collection, term) + rest).join(''));
}
