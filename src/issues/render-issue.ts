import type { Finding } from '../findings/finding.ts';
import { severityOf } from '../findings/severity.ts';
import {
  bulletList,
  cleanText,
  code,
  codeBlock,
  doc,
  factTable,
  heading,
  link,
  paragraph,
  strong,
  text,
  type AdfBlock,
  type AdfDocument,
  type AdfText,
} from './adf.ts';
import { consoleLink, cliLine } from './finding-links.ts';
import { headline, principalWords } from './finding-words.ts';
import type { IssueDraft } from './issue-draft.ts';
import { COMMON_LABEL } from './marker.ts';
import type { RenderInput } from './render-input.ts';
import { resourceWords } from './resource-words.ts';

/** Jira refuses a longer summary, and one with a newline. */
const MAX_SUMMARY = 255;
/** Characters of one list of values. As JSON, where a quote takes two, all lists, values and findings stay below 30,000; Jira refuses 32,767. */
const MAX_LIST = 1_250;
const MAX_VALUE = 400;
/** Account, Region, and a finding's id in a list: what AWS sends is far shorter. */
const MAX_NAME = 64;
const MAX_FINDINGS = 25;
const DAY_MS = 86_400_000;

/** The issue for a group. Pure. */
export function renderIssue({ findings, route, nowMs }: RenderInput): IssueDraft {
  const [lead] = findings;
  return {
    projectKey: route.projectKey,
    issueType: route.issueType,
    summary: oneLine(headline(lead), MAX_SUMMARY),
    description: describe(lead, findings),
    labels: [...new Set([COMMON_LABEL, ...route.labels])],
    severity: severityOf(lead),
    priority: route.priority,
    components: route.components,
    securityLevel: route.securityLevel,
    parent: route.parent,
    assignee: route.assignee,
    fallbackAssignee: route.fallbackAssignee,
    fields: route.fields,
    dueDate: route.dueInDays === null ? null : new Date(nowMs + route.dueInDays * DAY_MS).toISOString().slice(0, 10),
  };
}

function describe(lead: Finding, findings: readonly Finding[]): AdfDocument {
  const console = consoleLink(lead);
  const links: AdfText[][] =
    console === null
      ? []
      : [link('Open the finding in the AWS console', console), text(` (sign in to account ${lead.event.account} first), or read it with:`)];
  const blocks: AdfBlock[] = [
    paragraph(strong(cut(headline(lead), MAX_VALUE)), text('.')),
    paragraph(text(whyItMatters(lead))),
    heading(3, 'Facts'),
    factTable(facts(lead)),
    paragraph(...(links.length === 0 ? [text('Read the finding with:')] : links)),
    codeBlock(cut(cliLine(lead), MAX_LIST)),
    ...(findings.length > 1 ? [heading(3, 'Findings of this issue'), bulletList(findingLines(findings))] : []),
    heading(3, 'How this closes'),
    paragraph(
      text(
        'Change the policy that grants the access. AWS looks again by itself, mostly within half an hour, and this issue is closed when AWS says that the finding is RESOLVED. ',
      ),
      text('If the access is intended, archive the finding in IAM Access Analyzer: this issue is closed then, too.'),
    ),
  ];
  return doc(...blocks);
}

function whyItMatters(finding: Finding): string {
  if (finding.error !== null)
    return 'AWS could not analyse this resource, so nobody knows whether it is open. Until that is mended, access to it goes unseen.';
  if (finding.kind === 'unused')
    return 'Access that nobody uses helps nobody but an intruder. Taking it away is safe when it is really unused, and leaves less to steal.';
  if (finding.isPublic === true)
    return 'Anyone on the internet can use this access without an account of yours. Data that is public once has to be taken for copied.';
  if (finding.kind === 'internal')
    return 'Principals inside your organization can reach this resource. Access Analyzer watches it because it was marked as critical.';
  return 'Somebody outside your account or organization can use this access. Whoever gets hold of that account gets this, too.';
}

function facts(finding: Finding): (readonly [string, AdfText[]])[] {
  const rows: (readonly [string, AdfText[]])[] = [
    ['Resource', code(cut(finding.resource, MAX_VALUE))],
    ['Type', text(resourceWords(finding.resourceType))],
    ['Owner account', text(cut(finding.accountId, MAX_NAME))],
    ['Region', text(cut(finding.region, MAX_NAME))],
    ['Who', list(finding.principals.map(principalWords))],
    ['Actions', list(finding.actions)],
    ['Conditions', list(finding.conditions.map(({ key, value }) => `${key} = ${value}`))],
    ['Since', text(finding.createdAt === null ? '' : finding.createdAt.slice(0, 10))],
    ['Finding', code(cut(finding.findingId, MAX_VALUE))],
    ['Analyzer', code(cut(finding.analyzerArn, MAX_VALUE))],
  ];
  return rows.filter(([, value]) => value.length > 0);
}

function findingLines(findings: readonly Finding[]): ReturnType<typeof paragraph>[] {
  const lines = findings
    .slice(0, MAX_FINDINGS)
    .map((finding) => paragraph(code(cut(finding.findingId, MAX_NAME)), text(` in ${cut(finding.region, MAX_NAME)}`)));
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, paragraph(text(`and ${more} more; the admin API lists them all`))] : lines;
}

/** As many values as fit, and how many do not. */
function list(values: readonly string[]): AdfText[] {
  let shown = '';
  for (const [index, value] of values.entries()) {
    const next = `${shown}${index === 0 ? '' : ', '}${cut(value, MAX_VALUE)}`;
    if (next.length > MAX_LIST) return text(`${shown} and ${values.length - index} more; the finding in AWS lists them all`);
    shown = next;
  }
  return text(shown);
}

function oneLine(value: string, most: number): string {
  return cut(cleanText(value).replaceAll(/\s+/g, ' ').trim(), most);
}

/** Cuts by code point, so that no character is broken; `most` counts UTF-16 units as Jira does. */
function cut(value: string, most: number): string {
  if (value.length <= most) return value;
  let kept = '';
  for (const character of value) {
    if (kept.length + character.length > most - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
