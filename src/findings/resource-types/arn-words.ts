/** What follows the kind in the last part of an ARN: `prod/db` of `thing/prod/db`. */
export function afterKind(resource: string): string {
  return resource.replace(/^[A-Za-z-]*[:/]/, '');
}

/** Without the path before a name. */
export function afterLastSlash(resource: string): string {
  return resource.slice(resource.lastIndexOf('/') + 1);
}
