import type { CompiledPattern } from './pattern.ts';

/** Whether a pattern tests a field of the event, or anything inside it. @param path names from the outside in, such as `['detail', 'id']` */
export function asksFor(pattern: CompiledPattern, path: readonly [string, ...string[]]): boolean {
  const [name, ...inner] = path;
  const [next, ...rest] = inner;
  const here = pattern.fields.some((field) => {
    if (field.name !== name) return false;
    return next === undefined || field.pattern.kind === 'leaf' || asksFor(field.pattern, [next, ...rest]);
  });
  return here || (pattern.anyOf ?? []).some((branch) => asksFor(branch, path));
}
