import { link, text, type AdfText } from './adf.ts';

/** A mention of another issue of ours. */
export interface IssueMention {
  /** The key at the last read. */
  readonly key: string;
  /** The address for people; absent if only the address of Jira's API is known. */
  readonly url?: string;
}

/** The key, as a link if there is an address. Jira does not turn a key into a link by itself in text that a program writes. */
export function mentionText({ key, url }: IssueMention): AdfText[] {
  return url === undefined ? text(key) : link(key, url);
}
