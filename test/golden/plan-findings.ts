import type { Finding } from '../../src/findings/finding.ts';
import type { IssueRoute } from '../../src/issues/issue-route.ts';
import type { MemberDecision } from '../../src/issues/plan-step.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { drawFrom, type Draw } from './draw.ts';
import { goldenFinding } from './finding-of.ts';

const COUNT = 300;
const ANALYZERS = [
  'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company',
  'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company',
  'arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/Company',
  'arn:aws:access-analyzer:us-west-2:999988887777:analyzer/Other',
];
const RESOURCES = ['arn:aws:s3:::one', 'arn:aws:s3:::one', 'arn:aws:s3:::one', 'arn:aws:s3:::two'];
const STANDINGS = [
  { status: 'ACTIVE' },
  { status: 'ACTIVE' },
  { status: 'ACTIVE' },
  { status: 'RESOLVED' },
  { status: 'RESOLVED' },
  { status: 'ARCHIVED' },
  { status: 'ARCHIVED', RecordState: 'ARCHIVED' },
  { status: 'ACTIVE', isDeleted: true },
  { status: 'RESOLVED', isDeleted: true },
];

const day = (n: number): string => new Date(Date.UTC(2026, 1, n)).toISOString();

function drawFinding(draw: Draw, n: number): Finding {
  const event = draw.pick([externalEvent, externalEvent, externalEvent, externalEvent, internalEvent, unusedEvent]);
  const born = 1 + draw.below(6);
  const ended = born + draw.below(5);
  const error = draw.chance(0.18) ? { error: draw.pick(['ACCESS_DENIED', 'INTERNAL_ERROR']) } : {};
  const to = draw.pick(['*', '123456789012', '210987654321']);
  return goldenFinding(
    event({
      time: day(ended),
      analyzerArn: draw.pick(ANALYZERS),
      detail: {
        id: `finding-${n}`,
        findingId: `finding-${n}`,
        resource: draw.pick(RESOURCES),
        createdAt: day(born),
        updatedAt: day(ended),
        principal: { AWS: to },
        isPublic: to === '*',
        ...error,
        ...draw.pick(STANDINGS),
      },
    }),
  );
}

function drawFindings(): readonly Finding[] {
  const draw = drawFrom(4_711);
  return Array.from({ length: COUNT }, (_, n) => drawFinding(draw, n));
}

/** All that inputs are made of; an input names them by their key. */
export const PLAN_FINDINGS: readonly Finding[] = drawFindings();

const USUAL_ROUTE: IssueRoute = {
  ruleId: 'everything-else',
  revision: 1,
  projectKey: 'SEC',
  issueType: 'Task',
  priority: null,
  labels: [],
  dueInDays: null,
  components: [],
  securityLevel: null,
  parent: null,
  assignee: null,
  fallbackAssignee: null,
  fields: {},
  content: 'full',
  consoleLink: null,
  summary: null,
  sections: [],
};
const FULL_ROUTE: IssueRoute = {
  ruleId: 'public',
  revision: 2,
  projectKey: 'PLAT',
  issueType: 'Bug',
  priority: 'High',
  labels: ['security', 'public'],
  dueInDays: 7,
  components: ['Storage', 'Network'],
  securityLevel: 'Internal',
  parent: 'PLAT-1',
  assignee: 'lead@example.com',
  fallbackAssignee: 'id:712020:fallback',
  fields: { customfield_7: { value: 'Red' } },
  content: 'full',
  consoleLink: 'https://sign-in.example/?to={link}',
  summary: 'Look at {{finding.resource}}',
  sections: [{ title: 'What we do', text: 'Ask **us** about `{{finding.id}}`.' }],
};
const MINIMAL_ROUTE: IssueRoute = { ...USUAL_ROUTE, ruleId: 'minimal', revision: 3, content: 'minimal', dueInDays: 0, labels: ['f2j'] };
const LEVEL_ROUTE: IssueRoute = { ...USUAL_ROUTE, ruleId: 'level', securityLevel: 'Secret', components: ['Storage'], priority: 'Low' };

export const ROUTES: readonly IssueRoute[] = [USUAL_ROUTE, USUAL_ROUTE, USUAL_ROUTE, FULL_ROUTE, MINIMAL_ROUTE, LEVEL_ROUTE];

const RULE_IGNORES: MemberDecision = { action: 'ignore', because: 'rule-ignores', ruleId: 'ignoring' };
const NO_RULE: MemberDecision = { action: 'ignore', because: 'no-rule-matches', ruleId: null };

export function drawDecision(draw: Draw, ignored: number): MemberDecision {
  const route = draw.pick(ROUTES);
  const decision: MemberDecision = { action: 'issue', because: 'rule-matched', ruleId: route.ruleId, route };
  const ignoring = draw.pick([RULE_IGNORES, NO_RULE]);
  return draw.chance(ignored) ? ignoring : decision;
}
