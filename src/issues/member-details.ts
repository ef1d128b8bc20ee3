/**
 * What is known of a finding beyond its events, which carry no list of what is unused.
 * `not-needed`: its events say it all. `there`: they were fetched and stand in the finding. `awaited`: they are being fetched.
 * `missing`: they can't be had, or not all of them; the words say what is missing, why, and what to do. What is there all the same stands in the finding.
 */
export type MemberDetails = 'not-needed' | 'there' | 'awaited' | { readonly missing: string };

/** The longest that an issue waits for details, from when its group was first seen, ms. After that it is opened without, and changed when they come. */
export const DETAILS_WAIT_MS = 60_000;

/**
 * Until when an issue is not opened because the details of its finding may come any moment. Pure.
 * @param firstSeenAt of the group; store's clock, epoch ms
 * @returns epoch ms; null: it waits for nothing
 */
export function detailsAwaitedUntil(
  step: { readonly step: string; readonly details?: MemberDetails },
  firstSeenAt: number,
  waitMs: number,
): number | null {
  return step.step === 'create' && step.details === 'awaited' ? firstSeenAt + waitMs : null;
}
