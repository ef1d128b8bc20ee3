/** The console's host in each partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Maximum characters of a link; browsers support at least this many. */
const MAX_LINK = 2_000;

/** @returns null if the console of the partition is unknown */
export function consoleHost(partition: string): string | null {
  return (Object.hasOwn(CONSOLES, partition) ? CONSOLES[partition] : undefined) ?? null;
}

/** Whether it is a Region such as `us-gov-west-1`: it is safe in a command and in the host of a link. */
export function isRegion(value: string): boolean {
  return /^[a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2}$/.test(value);
}

/** `encodeURIComponent` throws at half a surrogate pair. */
export function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

export function notTooLong(link: string): string | null {
  return link.length > MAX_LINK ? null : link;
}

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
