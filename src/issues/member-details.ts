import type { Finding } from '../findings/finding.ts';
import type { DetailsState } from './text/render-input.ts';

/** The state of a member's list of unused access, which no event carries. `not-needed`: its events have all that its issue shows. */
export type MemberDetails = 'not-needed' | DetailsState;

/** The state that the text shows: an existing list is shown even while more details are awaited. */
export function detailsShown({ unusedDetails }: Finding, details: MemberDetails): DetailsState {
  return details === 'not-needed' || unusedDetails !== null ? 'there' : details;
}
