/**
 * Raised whenever a save derives more, or otherwise, from the same record: its terms, when it is due, the times of its issue, the mapping of a
 * finding. A change that an earlier version would misread raises the store's schema instead.
 */
const FORM = 1;

/** Which save derived what a document brings along. In an upgrade and after a rollback, versions that derive less write over it. */
export interface Derived {
  readonly form: number;
  /** The `updatedAt` of that save, epoch ms: an earlier version sets another one, and leaves this as it was. */
  readonly at: number;
}

/** The mark of a save. @param now its `updatedAt`, epoch ms */
export function derivedAt(now: number): Derived {
  return { form: FORM, at: now };
}

/** Whether the last save derived all that this version derives. False: saving the same again adds what is missing. */
export function isDerived({ derived, updatedAt }: { readonly derived?: Derived; readonly updatedAt: number }): boolean {
  return derived?.form === FORM && derived.at === updatedAt;
}
