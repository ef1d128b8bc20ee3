import { link, text, type AdfText } from './adf.ts';

/** Another issue of ours that is spoken of. */
export interface IssueMention {
  /** As at the last look. */
  readonly key: string;
  /** Where people open it; absent where only the address of Jira's API is known. */
  readonly url?: string;
}

/** The key, as a link where there is an address. Jira makes no link of a key by itself in what a program writes. */
export function mentionText({ key, url }: IssueMention): AdfText[] {
  return url === undefined ? text(key) : link(key, url);
}
