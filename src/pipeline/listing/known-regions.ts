/**
 * Regions by partition, for `ANALYZER_REGIONS=all`. No client that we have tells which Regions an account has enabled, and a client of its own
 * for one question an hour is not worth its size and a further permission. Regions that have to be enabled first refuse the credentials of an
 * account that has not: that answer is expected there. A Region that AWS adds later is known from the first event of an analyzer in it.
 * Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
 */
const ENABLED_BY_DEFAULT: Readonly<Record<string, readonly string[]>> = {
  aws: words(`us-east-1 us-east-2 us-west-1 us-west-2 ap-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2
    ca-central-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1 sa-east-1`),
  'aws-cn': words('cn-north-1 cn-northwest-1'),
  'aws-us-gov': words('us-gov-east-1 us-gov-west-1'),
};

const OPT_IN: readonly string[] =
  words(`af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6
  ap-southeast-7 ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1`);

/** Every Region of the partition that a Region is in. */
export function allRegions(of: string): readonly string[] {
  const partition = of.startsWith('cn-') ? 'aws-cn' : of.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return [...(ENABLED_BY_DEFAULT[partition] ?? []), ...(partition === 'aws' ? OPT_IN : [])];
}

/** True for a Region that an account has only if it was enabled. */
export function isOptIn(region: string): boolean {
  return OPT_IN.includes(region);
}

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}
