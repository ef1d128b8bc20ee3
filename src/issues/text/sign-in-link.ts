import { encoded, notTooLong } from './console-host.ts';

/**
 * A link to the AWS console that leads through a company's own sign-in page, as IAM Identity Center has it.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/createshortcutlink.html
 * @param account the twelve-digit account of the console page
 * @param signIn an address with `{link}` and perhaps `{account}`; null: people sign in to the console itself
 * @returns null if it is longer than browsers support
 */
export function signInLink(link: string, account: string, signIn: string | null): string | null {
  if (signIn === null) return link;
  const values: Readonly<Record<string, string>> = { link: encoded(link), account: encoded(account) };
  return notTooLong(signIn.replaceAll(/\{(\w+)\}/g, (_, key: string) => values[key] ?? ''));
}
