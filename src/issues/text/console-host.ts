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
