/** One problem of a rules file or a pattern: its path (`rules[2].issue.project`; empty for the whole input), and the expectation there. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Records a problem and returns null, so that a check can end with `return refuse(path, 'expected ...')`. */
export type Refuse = (path: string, message: string) => null;

/** Collects problems in the order found, one per path: the first one at a path is the useful one. */
export function createProblems(): { readonly refuse: Refuse; readonly list: () => readonly Problem[] } {
  const messages = new Map<string, string>();
  return {
    refuse: (path, message) => {
      if (!messages.has(path)) messages.set(path, message);
      return null;
    },
    list: () => [...messages].map(([path, message]) => ({ path, message })),
  };
}
