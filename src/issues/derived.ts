/**
 * Raised whenever a save derives more, or otherwise, from the same record: its terms, when it is due, the times of its issue, the mapping of a
 * finding, the names of unknown members. A change that an earlier version would misread raises the store's schema instead.
 */
const FORM = 2;

/** Which save derived what a document brings along. In an upgrade and after a rollback, versions that derive less write over it. */
export interface Derived {
  readonly form: number;
  /** The `updatedAt` of that save, epoch ms: an earlier version sets another one, and leaves this as it was. */
  readonly at: number;
}

/** A document with the mark of its last save; without one, no such save is known. */
interface Saved {
  /** Epoch ms. */
  readonly updatedAt: number;
  readonly derived?: Derived;
}

/** The mark of a save. @param now its `updatedAt`, epoch ms */
export function derivedAt(now: number): Derived {
  return { form: FORM, at: now };
}

/** Time and mark of a save that derives all that this version derives. @param now epoch ms */
export function derivedNow(now: number): Required<Saved> {
  return { updatedAt: now, derived: derivedAt(now) };
}

/** Those of a save that leaves what a pass derives as it was: the mark is worth as much as that of the last save. @param now epoch ms */
export function savedOver(known: Saved, now: number): Saved {
  return isDerived(known) ? derivedNow(now) : { updatedAt: now };
}

/** Whether the last save derived all that this version derives. False: saving the same again adds what is missing. */
export function isDerived({ derived, updatedAt }: Saved): boolean {
  return derived?.form === FORM && derived.at === updatedAt;
}
