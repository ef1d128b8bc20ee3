import AjvDraft04 from 'ajv-draft-04';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import type { AdfDocument } from '../../../src/issues/text/adf.ts';
import { adfProblem } from '../../../src/sandbox/jira-syntax/adf-validator.ts';

const schema = createRequire(import.meta.url).resolve('@atlaskit/adf-schema/dist/json-schema/v1/full.json');
const validate = new AjvDraft04.default({ strict: false, allErrors: false }).compile(JSON.parse(readFileSync(schema, 'utf8')));

/** Whether Atlassian's own schema takes it. */
export function isValidAdf(document: unknown): boolean {
  return validate(document);
}

/** By Atlassian's schema, and by the simulated Jira, which is what the other tests rely on. */
export function expectValidAdf(document: AdfDocument): void {
  validate(document);
  expect(validate.errors ?? null).toBeNull();
  expect(adfProblem(JSON.parse(JSON.stringify(document)))).toBeNull();
}

/** All text of a document and the titles of what is folded, with a newline between texts of different blocks. */
export function adfWords(node: unknown): string {
  const form =
    /"type":"(text|paragraph|codeBlock|heading|expand)"(?:,"text":("(?:[^"\\]|\\.)*")|,"attrs":\{"title":("(?:[^"\\]|\\.)*")\})?/g;
  return [...JSON.stringify(node).matchAll(form)]
    .map(([, type, text = '""', title = '""']) => (type === 'text' ? JSON.parse(text) : `\n${JSON.parse(title)}`))
    .join('');
}

/** Neither a control character, save a newline, nor half of a surrogate pair, nor a character that changes the direction of writing. */
export function expectClean(text: string): void {
  expect(text.isWellFormed()).toBe(true);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/);
}
