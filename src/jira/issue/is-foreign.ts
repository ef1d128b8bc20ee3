import { Check } from 'typebox/value';
import { MarkerProperty } from '../../issues/marker.ts';

/** The property of an issue says that it is another group's, another installation's, or nobody's any more: it is not written to. */
export function isForeign(current: unknown, { installation, group }: MarkerProperty): boolean {
  if (current === undefined) return false;
  return !Check(MarkerProperty, current) || current.installation !== installation || current.group !== group;
}
