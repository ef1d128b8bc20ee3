/** Documents that are only read by their ids. */
export const BY_ID = { terms: () => [], at: () => 0, due: () => null } as const;
