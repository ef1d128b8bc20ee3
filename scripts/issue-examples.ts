import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { previewMessage, previewText } from '../src/cli/local/preview-issue.ts';
import { rulesFrom } from '../src/cli/local/rules-from.ts';

const FOLDER = join(import.meta.dirname, '../test/fixtures/issue-examples');

const EXAMPLES: readonly (readonly [file: string, title: string])[] = [
  ['public-bucket.json', 'A bucket that is open to everyone'],
  ['role-for-github.json', 'A role that an identity provider may assume'],
  ['shared-key.json', 'A key that another account may use, with a section of the rule'],
  ['unused-permissions.json', 'Permissions that are not used, with what AWS recommends'],
  ['denied-analysis.json', 'A resource that AWS could not analyse'],
  ['public-secret.json', 'A secret, in a project that many can read (`content: minimal`)'],
];

/** The text of docs/issue-examples.md, from the event files and the rules beside them. */
export function issueExamples(): string {
  const rules = rulesFrom(join(FOLDER, 'rules.yaml'));
  const parts = EXAMPLES.map(([file, title]) => {
    const shown = previewMessage(readFileSync(join(FOLDER, file), 'utf8'), rules)
      .map(previewText)
      .join('\n');
    return `## ${title}\n\n\`${file}\`\n\n\`\`\`\`text\n${shown}\`\`\`\`\n`;
  });
  return `${HEAD}\n${parts.join('\n')}`;
}

const HEAD = `# Examples of issues

The issues of six findings, as \`f2j preview\` prints them. In Jira, headings, lists, tables, commands and links are formatted. The events and the rules are in
[test/fixtures/issue-examples](../test/fixtures/issue-examples). \`npm run examples\` writes this file, and a test compares it.
`;
