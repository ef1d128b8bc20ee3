import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueExamples } from './issue-examples.ts';

/** Writes docs/issue-examples.md. */
writeFileSync(join(import.meta.dirname, '../docs/issue-examples.md'), issueExamples());
