import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rulesFrom } from '../../scripts/preview-issue.ts';
import type { Finding } from '../../src/findings/finding.ts';
import type { AdfDocument } from '../../src/issues/text/adf.ts';
import { closingComment, correctionComment, noPathComment, reopeningComment, duplicateComment } from '../../src/issues/text/comments.ts';
import type { IssueDraft } from '../../src/issues/issue-draft.ts';
import type { IssueMention } from '../../src/issues/text/issue-mention.ts';
import type { IssueRoute } from '../../src/issues/issue-route.ts';
import {
  MarkerProperty,
  markerLabel,
  markerOf,
  memberShortForm,
  tombstoneOf,
  COMMON_LABEL,
  PROPERTY_KEY,
} from '../../src/issues/marker.ts';
import type { DetailsState } from '../../src/issues/text/render-input.ts';
import { groupKey } from '../../src/issues/group-key.ts';
import { renderIssue } from '../../src/issues/text/render-issue.ts';
import { routeFinding } from '../../src/issues/route-finding.ts';
import type { ClosingReason, ReopeningReason } from '../../src/issues/step.ts';
import { membershipDigest, writtenOf } from '../../src/issues/written.ts';
import { readMessage } from '../../src/intake/read-message.ts';
import { decide } from '../../src/rules/decide.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { sampleDetails } from '../../src/sandbox/samples/sample-details.ts';
import { sampleFindings } from '../../src/sandbox/samples/sample-findings.ts';
import { hostileFinding } from '../support/findings/hostile-findings.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { BEGIN_MS, goldenFinding } from './finding-of.ts';
import { golden } from './golden.ts';
import { PLAN_FINDINGS, ROUTES } from './plan-findings.ts';

const EXAMPLES = join(import.meta.dirname, '../fixtures/issue-examples');
const texts = golden('texts');

const DETAILS: readonly DetailsState[] = ['there', 'awaited', { missing: 'the service has no AWS credentials to ask with' }];
const FOLLOWS: readonly (readonly IssueMention[])[] = [
  [],
  [{ key: 'SEC-7' }],
  [{ key: 'SEC-7', url: 'https://jira.example/browse/SEC-7' }, { key: 'SEC-8' }],
];

/** What is sent, by the golden data's own names. */
function shown(draft: IssueDraft): object {
  return {
    projectKey: draft.projectKey,
    issueType: draft.issueType,
    summary: draft.summary,
    description: draft.description,
    labels: draft.labels,
    severity: draft.severity,
    priority: draft.priority,
    dueDate: draft.dueDate,
    components: draft.components,
    securityLevel: draft.securityLevel,
    parent: draft.parent,
    assignee: draft.assignee,
    fallbackAssignee: draft.fallbackAssignee,
    fields: draft.fields,
    digests: Object.values(writtenOf(draft)),
  };
}

function render(findings: readonly [Finding, ...Finding[]], route: IssueRoute, details: DetailsState, follows: readonly IssueMention[]) {
  return renderIssue({ findings, route, nowMs: BEGIN_MS, details, follows });
}

function everyWay(finding: Finding): object[] {
  const detailed = ROUTES.slice(2).flatMap((route) => DETAILS.map((details) => render([finding], route, details, [])));
  const [usual] = ROUTES;
  const following = usual === undefined ? [] : FOLLOWS.slice(1).map((follows) => render([finding], usual, 'there', follows));
  return [...detailed, ...following].map(shown);
}

test('samples of every kind', () => {
  const events = sampleFindings({ count: 84, seed: 7, startMs: Date.UTC(2026, 2, 1) });
  texts.check('sample-events', null, events);
  const findings = events.map((event) => {
    const { findingDetails, recommendation } = sampleDetails(event);
    const detail = { ...event.detail, findingDetails: findingDetails ?? null, recommendedSteps: recommendation?.steps ?? null };
    return goldenFinding(JSON.parse(JSON.stringify({ ...event, detail })));
  });
  texts.check('samples', null, findings.map(everyWay));
});

test('examples of issues', () => {
  const rules = rulesFrom(join(EXAMPLES, 'rules.yaml'));
  const files = readdirSync(EXAMPLES).filter((file) => file.endsWith('.json'));
  expect(files.length).toBeGreaterThan(5);
  const drafts = files.toSorted().map((file) => {
    const parts = readMessage(readFileSync(join(EXAMPLES, file), 'utf8'), BEGIN_MS, null);
    return parts.flatMap((part) => {
      if (part.kind !== 'finding') return [part.kind];
      const { finding } = part;
      const decision = decide(rules, { ...finding.event });
      if (decision.action === 'ignore') return [decision.because];
      const route = routeFinding(finding, decision.rule, rules.ruleSet, 1);
      return DETAILS.flatMap((details) => [shown(render([finding], route, details, [])), ...everyWay(finding)]);
    });
  });
  texts.check('examples', null, drafts);
});

test('hostile findings', () => {
  const findings = fc.sample(hostileFinding, { numRuns: 150, seed: 42 });
  texts.check('hostile', null, findings.map(everyWay));
});

test('findings that share an issue', () => {
  const groups = range(60).map((n) => {
    const [first, ...others] = PLAN_FINDINGS.slice(n * 4, n * 4 + 2 + (n % 8));
    const route = ROUTES[n % ROUTES.length];
    return first === undefined || route === undefined ? null : shown(render([first, ...others], route, 'there', []));
  });
  texts.check('groups', null, groups);
});

test('routes by severity and account', () => {
  const issue = {
    project: 'SEC',
    issueType: 'Task',
    useAccountMap: true,
    priority: { critical: 'Highest', high: 'High', low: 'Low' },
    dueInDays: { critical: 1, medium: 30 },
    labels: ['security'],
    assignee: 'lead@example.com',
    sections: [{ title: 'Who', text: 'Ask {{finding.accountId | default: "nobody"}}' }],
  };
  const parsed = parseRules({
    version: 1,
    accounts: { '111122223333': { organizationalUnit: 'ou' }, '222233334444': { project: 'SHOP', assignee: 'shop@example.com' } },
    organizationalUnits: { ou: { project: 'DATA', components: ['Storage'], assignee: 'data@example.com' } },
    rules: [{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue }],
  });
  if (!parsed.ok) {
    texts.check('routes', null, parsed.problems);
    return;
  }
  const { rules } = parsed;
  const findings = sampleFindings({ count: 40, seed: 3, startMs: Date.UTC(2026, 2, 1) }).map((event) =>
    goldenFinding(JSON.parse(JSON.stringify(event))),
  );
  const drafts = findings.map((finding) => {
    const decision = decide(rules, { ...finding.event });
    if (decision.action === 'ignore') return null;
    return shown(render([finding], routeFinding(finding, decision.rule, rules.ruleSet, 1), 'there', []));
  });
  texts.check('routes', null, drafts);
});

test('comments', () => {
  const closings: readonly ClosingReason[] = ['resolved', 'archived', 'ended', 'unmonitored', 'unanalysed', 'unrouted'];
  const reopenings: readonly ReopeningReason[] = ['active-again', 'routed-again'];
  const successors: readonly IssueMention[] = [{ key: 'SEC-7' }, { key: 'SEC-7', url: 'https://jira.example/browse/SEC-7' }];
  const said: AdfDocument[] = [
    ...closings.flatMap((because) => [closingComment(because), ...successors.map((successor) => closingComment(because, { successor }))]),
    correctionComment(),
    ...successors.map((successor) => correctionComment({ successor })),
    ...reopenings.map((because) => reopeningComment(because)),
    ...['There is no way.', 'x'.repeat(3_000)].flatMap((words) => [noPathComment('close', words), noPathComment('reopen', words)]),
    duplicateComment('SEC-1'),
  ];
  texts.check('comments', null, said);
});

test('marks on issues', () => {
  const many = range(1_200).map((n) => `finding-${n}`);
  const lists = [[], ['one'], many.slice(0, 20), many.slice(0, 21), many, ['#short', 'x'.repeat(17_000)]];
  texts.check('marks', null, {
    label: COMMON_LABEL,
    property: PROPERTY_KEY,
    schema: MarkerProperty,
    markers: lists.map((findings) => markerOf('default', 'f-group', findings, 3)),
    labels: ['a', 'b'].map((group) => markerLabel('other', group)),
    members: ['one', '#one'].map((member) => memberShortForm(member)),
    tombstone: tombstoneOf('default', 'f-group'),
    named: lists.map((findings) => membershipDigest(findings)),
    groups: PLAN_FINDINGS.map((finding) => [groupKey(finding, 'finding'), groupKey(finding, 'access'), groupKey(finding, 'resource')]),
  });
});

test('nothing that was recorded is missing', async () => {
  await texts.finish();
});
