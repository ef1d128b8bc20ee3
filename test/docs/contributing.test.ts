import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codesIn, ROOT, textOf } from '../support/docs/read-docs.ts';

/** Paths in a document, as it names them in code. */
function pathsIn(text: string): string[] {
  return codesIn(text).filter((code) => /^(?:(?:src|test|docs|scripts|config)\/[\w./-]+|[A-Z]+\.md|package-lock\.json)$/.test(code));
}

test.each(['CONTRIBUTING.md', 'docs/architecture.md', 'docs/why-each-part.md'])('%s names only paths that exist', (file) => {
  const paths = pathsIn(textOf(file));
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

describe('CONTRIBUTING.md', () => {
  const text = textOf('CONTRIBUTING.md');

  test.each(['a field of a rule', 'a route', 'a step', 'a failure code', 'an environment variable', 'a resource type'])(
    'says which files to touch for %s',
    (what) => {
      const [, section = ''] = text.split(`\n### … ${what}\n`);
      expect(pathsIn(section.split('\n### ')[0] ?? '').length).toBeGreaterThan(3);
    },
  );
});
