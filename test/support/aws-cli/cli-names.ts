/**
 * The name of an operation or parameter in the AWS CLI, such as `get-bucket-acl` for `GetBucketAcl`: by the rule of botocore, which makes
 * the names of all commands.
 * Source: https://github.com/boto/botocore/blob/develop/botocore/__init__.py (xform_name)
 */
export function cliName(name: string): string {
  return name
    .replace(/([A-Z]{2,})s$/, (_, letters: string) => `-${letters.toLowerCase()}s`)
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
