/**
 * The length of a value as JSON text in UTF-16 code units, or any number above `limit` as soon as that is passed.
 * It does not recurse and stops at the limit, so neither deep nesting nor a cycle (a YAML alias can make one) does harm.
 */
export function jsonSize(value: unknown, limit: number): number {
  const rest: unknown[] = [value];
  let size = 0;
  while (rest.length > 0 && size <= limit) {
    const next = rest.pop();
    if (Array.isArray(next)) {
      size += 2 + Math.max(0, next.length - 1);
      if (size <= limit) for (const item of next) rest.push(item);
    } else if (typeof next === 'object' && next !== null) {
      const entries = Object.entries(next);
      size += 2 + Math.max(0, entries.length - 1);
      for (const [key, child] of entries) {
        size += textSize(key) + 1;
        rest.push(child);
      }
    } else {
      size += typeof next === 'string' ? textSize(next) : String(next).length;
    }
  }
  return size;
}

function textSize(text: string): number {
  return JSON.stringify(text).length;
}
