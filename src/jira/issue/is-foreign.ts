import { Check } from 'typebox/value';
import { MarkerProperty } from '../../issues/marker.ts';

/** Whether an issue has a property of another group or installation, or one that is no marker: it is not written to. */
export function isForeign(current: unknown, { installation, group }: MarkerProperty): boolean {
  if (current === undefined) return false;
  return !Check(MarkerProperty, current) || current.installation !== installation || current.group !== group;
}
