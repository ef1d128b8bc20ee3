/** One thing that is wrong with a rules file or a pattern: where (`rules[2].issue.project`; empty for the whole input), and what was expected there. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Notes a problem and answers null, so that a check can end with `return refuse(path, 'expected ...')`. */
export type Refuse = (path: string, message: string) => null;

/** Gathers problems in the order found, one for each path: the first word about a place is the useful one. */
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
