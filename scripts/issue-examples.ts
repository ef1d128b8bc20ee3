import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { previewMessage, previewText } from '../src/cli/local/preview-issue.ts';
import { rulesFrom } from '../src/cli/local/rules-from.ts';

const FOLDER = join(import.meta.dirname, '../test/fixtures/issue-examples');

const EXAMPLES: readonly (readonly [file: string, title: string])[] = [
  ['public-bucket.json', 'A bucket that its policy opens to everyone'],
  ['bucket-acl.json', 'A bucket that its access control list opens to another account'],
  ['role-for-account.json', 'A role that another account may assume'],
  ['role-for-github.json', 'A role that an identity provider may assume'],
  ['shared-key.json', 'A key that another account may use, with a section of the rule'],
  ['shared-function.json', 'A Lambda function that an AWS service may invoke'],
  ['shared-snapshot.json', 'An EBS snapshot that two accounts may copy'],
  ['public-secret.json', 'A secret, in a project that many can read (`content: minimal`)'],
  ['unused-role.json', 'A role that is not used'],
  ['unused-permissions.json', 'Permissions that are not used, with what AWS recommends'],
  ['internal-access.json', 'Access from another account of the organization'],
  ['denied-analysis.json', 'A resource that AWS could not analyse'],
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

The issues of twelve findings, as \`f2j preview\` prints them. In Jira, headings, lists, tables, commands and links are formatted, and what stands under \`[+]\` is folded
until a reader opens it: at most 250 words are shown before that, those of the rule's own sections not counted. The events and the rules are in
[test/fixtures/issue-examples](../test/fixtures/issue-examples). \`npm run examples\` writes this file, and a test compares it.
`;
