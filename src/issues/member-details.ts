import type { Finding } from '../findings/finding.ts';
import type { DetailsState } from './text/render-input.ts';

/** What is known of a member beyond its events, which carry no list of what is unused. `not-needed`: its events say all that its issue shows. */
export type MemberDetails = 'not-needed' | DetailsState;

/** What the text is to say of them: a list that is there is shown, whatever else is still awaited. */
export function detailsShown({ unusedDetails }: Finding, details: MemberDetails): DetailsState {
  return details === 'not-needed' || unusedDetails !== null ? 'there' : details;
}
