import { isGroupLabel, markerLabel, type MarkerProperty, type Tombstone } from './marker.ts';

/**
 * What an issue's marker says, and what that is worth. Edit permission is enough to write a property and labels; the creator cannot be changed.
 * `ours`: our account created it, and property and labels agree. `linked`: a property says that an admin linked it, on an issue that another
 * account created. `unlinked`: a tombstone says that an admin took it away. `contradicted`: our account created it, but property and labels
 * contradict each other, or the property is missing. `foreign`: not of this installation. The labels are those of the groups that may be concerned.
 */
export type Claim =
  | { readonly is: 'ours' | 'linked'; readonly property: MarkerProperty }
  | { readonly is: 'unlinked' | 'contradicted'; readonly labels: readonly string[] }
  | { readonly is: 'foreign' };

/** The facts about an issue that a claim is judged by. `labels`: all that it has. */
export interface ClaimingIssue {
  readonly createdByUs: boolean;
  readonly labels: readonly string[];
  readonly property: MarkerProperty | null;
  readonly tombstone: Tombstone | null;
}

/** Judges the marker of an issue. A label that is missing contradicts nothing: people remove labels, and some create screens have none. Pure. */
export function claimOf({ createdByUs, labels, property, tombstone }: ClaimingIssue, installation: string): Claim {
  const groups = createdByUs ? labels.filter(isGroupLabel) : [];
  if (tombstone?.installation === installation)
    return { is: 'unlinked', labels: [...new Set([markerLabel(installation, tombstone.unlinked), ...groups])] };
  if (property === null) return contradicted(groups);
  const own = markerLabel(property.installation, property.group);
  const isHere = property.installation === installation;
  if (!createdByUs) return isHere && property.linked === true ? { is: 'linked', property } : { is: 'foreign' };
  if (groups.every((label) => label === own)) return isHere ? { is: 'ours', property } : { is: 'foreign' };
  return contradicted([...new Set([...groups, ...(isHere ? [own] : [])])]);
}

function contradicted(labels: readonly string[]): Claim {
  return labels.length === 0 ? { is: 'foreign' } : { is: 'contradicted', labels };
}
