import { hasAnalyzerId, UNKNOWN_ANALYZER, type Finding } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { cutText } from '../../rules/cut-text.ts';
import { bulletList, code, codeBlock, expand, factTable, paragraph, text, type AdfBlock } from './adf.ts';
import { section } from './describe-access.ts';
import { signedIn } from './describe-closing.ts';
import { factRows, shortRows } from './fact-rows.ts';
import { findingCommand } from './finding-links.ts';
import { headline } from './finding-words.ts';
import type { Part } from './fit-description.ts';
import type { RenderInput } from './render-input.ts';

const MAX_HEADLINE = 400;
const MAX_NAME = 64;
/** For one finding in a list. */
const MAX_LINE = 200;
const MAX_FINDINGS = 25;
const FEW_FINDINGS = 5;

/** The finding in AWS's terms, and how to read it, folded. */
export function factsPart({ route, facts }: RenderInput, lead: Finding): Part {
  const command = findingCommand(lead, 'read');
  const reading =
    command === null ? [noCommand(lead)] : [paragraph(text(`The whole finding with the AWS CLI, ${signedIn(lead)}:`)), codeBlock(command)];
  return {
    name: 'facts',
    rank: 20,
    blocks: [expand('Facts', factTable(factRows(lead, route, facts)), ...reading)],
    short: [expand('Facts', factTable(shortRows(lead, route.account)), ...reading)],
  };
}

function noCommand(lead: Finding): AdfBlock {
  const { analyzerArn, findingId } = lead;
  if (!hasAnalyzerId(lead))
    return paragraph(
      text(
        'Security Hub passed the finding on without its id in IAM Access Analyzer, so there is no link to the finding and no command for it. Look in IAM Access Analyzer for the resource.',
      ),
    );
  return analyzerArn === UNKNOWN_ANALYZER
    ? paragraph(
        text(
          'The message that told of the finding did not name its analyzer, so there is no link to the finding and no command for it. Look in IAM Access Analyzer for the id ',
        ),
        code(cutText(findingId, MAX_HEADLINE)),
        text('.'),
      )
    : paragraph(text('There is no command for the finding here: a name holds characters that should not be pasted into a shell.'));
}

/** Whether the findings of the issue report different access. */
export function isMixed({ findings, route }: RenderInput): boolean {
  return new Set(findings.map((finding) => headline(finding, route.content, MAX_LINE))).size > 1;
}

/** An active finding needs no remark. */
function lifecycleWords(finding: Finding): string {
  const lifecycle = lifecycleOf(finding);
  return lifecycle === 'active' ? '' : `, ${lifecycle === 'unmonitored' ? 'no longer watched' : lifecycle}`;
}

/** All findings of the issue; folded unless they report different access. */
export function findingsPart({ findings, route }: RenderInput, mixed: boolean): Part {
  const lines = (most: number): readonly AdfBlock[] => {
    const shown = findings.slice(0, most).map((finding) => {
      const words = mixed ? `${headline(finding, route.content, MAX_LINE)}: ` : '';
      return paragraph(
        text(words),
        code(cutText(finding.findingId, MAX_NAME)),
        text(` in ${cutText(finding.region, MAX_NAME)}${lifecycleWords(finding)}`),
      );
    });
    const more = findings.length - shown.length;
    const title = `The ${findings.length} findings of this issue`;
    const list = bulletList(more > 0 ? [...shown, paragraph(text(`and ${more} more; the admin API lists them all`))] : shown);
    return mixed ? section(title, list) : [expand(title, list)];
  };
  return { name: 'the list of findings', rank: mixed ? 35 : 5, blocks: lines(MAX_FINDINGS), short: lines(FEW_FINDINGS) };
}
