import { Type, type Static } from 'typebox';
import type { Finding } from '../../findings/finding.ts';
import { OWNER_SOURCES } from '../../issues/facts/find-owner.ts';
import { Facts } from '../../issues/facts/facts.ts';
import type { Evaluation, EvaluateFinding } from '../../pipeline/admin-actions/evaluate-finding.ts';
import { readyRules, type RuleBook, type Rules } from '../../pipeline/rulebook/rule-book.ts';
import type { Store } from '../../pipeline/ports/store.ts';
import type { Yielder } from '../../pipeline/rulebook/yielder.ts';
import { mayAct } from '../access.ts';
import type { AdminApp } from '../admin-app.ts';
import { callerOf } from '../asked-by.ts';
import { findFinding } from './find-finding.ts';
import { MAX_FILTER_LENGTH } from '../page-query.ts';
import { RequestRefused } from '../problem.ts';
import { JSON_TYPE, readDraft, TAKES_RULES } from './rules-body.ts';
import { compileValidator } from '../validator.ts';

/** Reads a message as intake does. */
export type ReadEvent = (
  body: string,
) => readonly (
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'ignored'; readonly because: string }
  | { readonly kind: 'unreadable'; readonly because: string; readonly path: string; readonly message: string }
)[];

export interface EvaluateRoutesDeps {
  readonly store: Store;
  readonly rules: RuleBook;
  readonly yielder: Yielder;
  readonly readEvent: ReadEvent;
  readonly evaluate: EvaluateFinding;
}

/** The longest message of SQS, bytes. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_EVENT_SIZE = 1_048_576;

const Question = Type.Object(
  {
    event: Type.Optional(
      Type.Unknown({ description: 'An event in any envelope that may come from the queue: an object, or the body of a message as text' }),
    ),
    findingId: Type.Optional(
      Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH, description: 'A known finding, instead of an event' }),
    ),
    analyzerArn: Type.Optional(
      Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH, description: 'Selects the analyzer where several use the finding id' }),
    ),
    rules: Type.Optional(
      Type.Unknown({ description: 'A draft instead of the current rules: a whole set, or the list of its rules; needs the role operator' }),
    ),
    preflight: Type.Optional(
      Type.Boolean({
        description: 'Whether Jira is asked about the rule that decides; needs the role operator, and is the default for it',
      }),
    ),
  },
  { additionalProperties: false },
);

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const Evaluated = Type.Object({
  findingId: Type.String(),
  analyzerArn: Type.String(),
  findingStatus: Type.String(),
  decision: Type.Object({ action: Type.Enum(['issue', 'ignore', 'undecided']), because: Type.String(), ruleId: OrNull(Type.String()) }),
  trace: Type.Array(
    Type.Object({
      ruleId: Type.String(),
      matched: Type.Boolean(),
      mismatches: Type.Array(Type.Object({ path: Type.String(), wanted: Type.String(), found: Type.String() }), {
        description: 'Why the rule did not match, field by field',
      }),
    }),
    { description: 'Every rule that was tried, in order; the last one decides, unless none matches' },
  ),
  group: Type.Object({
    id: Type.String(),
    by: Type.Enum(['finding', 'access', 'resource']),
    fixed: Type.Boolean({ description: 'The finding stays in its group whatever the rule says, since Jira may already know the group' }),
  }),
  outcome: Type.Object({
    step: Type.String({ description: 'The step of the next pass; `requeue`: not yet, `nothing`: none is needed' }),
    because: Type.String(),
    until: OrNull(Type.String({ format: 'date-time' })),
    issueKey: OrNull(Type.String({ description: 'The issue that the finding has, or would share' })),
    request: OrNull(
      Type.Object(
        { method: Type.Literal('POST'), path: Type.String(), body: Type.Unknown() },
        { description: 'The request that would create the issue in Jira' },
      ),
    ),
    notes: Type.Array(Type.String(), { description: 'Deviations from the rule' }),
    failure: OrNull(Type.Object({ code: Type.String(), message: Type.String(), words: OrNull(Type.String()) })),
  }),
  facts: Facts,
  owner: OrNull(
    Type.Object(
      {
        name: Type.String(),
        source: Type.Enum(OWNER_SOURCES),
        from: Type.String({ description: 'What names the owner, such as team=payments' }),
        settings: Type.Object({
          project: Type.Optional(Type.String()),
          components: Type.Optional(Type.Array(Type.String())),
          assignee: Type.Optional(Type.String()),
          team: Type.Optional(Type.String()),
        }),
      },
      { description: 'Whose the resource is, by the first source that names an owner; null: none does' },
    ),
  ),
  preflight: OrNull(
    Type.Array(
      Type.Object({
        ruleId: OrNull(Type.String()),
        path: Type.String(),
        severity: Type.Enum(['error', 'warning']),
        code: Type.String(),
        message: Type.String(),
      }),
      { description: 'null: Jira was not asked' },
    ),
  ),
  ends: OrNull(
    Type.Array(
      Type.Object({
        ruleId: Type.String(),
        projectKey: Type.String(),
        issueType: Type.String(),
        outcome: Type.Enum(['resolved', 'archived', 'unmonitored']),
        status: OrNull(Type.String({ description: 'null: the rule names a transition alone, or nothing decides' })),
        because: Type.Enum(['rule', 'word', 'only-status', 'undecided']),
        message: Type.String(),
      }),
      {
        description:
          'Where issues of the rule will end when they are closed, as far as the names of statuses tell; null: Jira was not asked',
      },
    ),
  ),
});

const Answer = Type.Object(
  { ...Evaluated.properties, others: Type.Array(Evaluated, { description: 'Further findings of the same event' }) },
  { description: 'The result for the finding' },
);

/** Evaluates a finding without changing anything. */
export function addEvaluateRoutes(app: AdminApp, deps: EvaluateRoutesDeps): void {
  const { store, rules, yielder, readEvent, evaluate } = deps;
  const schema = {
    tags: ['rules'],
    summary: 'Evaluate an event or a finding, rule by rule, down to the request to Jira; nothing but reads is sent',
    operationId: 'evaluateRules',
    body: Question,
    response: { 200: Answer },
  };
  const config = { access: 'viewer', problems: ['rules-invalid', 'event-unreadable', 'mapping-not-found', 'ambiguous-finding'] } as const;
  const options = { ...TAKES_RULES, validatorCompiler: compileValidator };
  app.post('/api/v1/rules/evaluate', { ...options, schema, config }, async (request, reply) => {
    const { event, findingId, analyzerArn, rules: draft, preflight } = request.body;
    const { role } = callerOf(request);
    if (draft !== undefined || preflight === true) {
      if (!mayAct(role, 'operator')) throw new RequestRefused('forbidden', 'A draft, and asking Jira about it, need the role operator');
    }
    if ((event === undefined) === (findingId === undefined)) throw new RequestRefused('invalid-request', 'Send either event or findingId');
    const using = await rulesFor(draft);
    const findings = findingId === undefined ? findingsIn(event) : [(await findFinding(store, findingId, analyzerArn)).finding];
    const asks = preflight ?? mayAct(role, 'operator');
    const evaluations: Static<typeof Evaluated>[] = [];
    for (const finding of findings) evaluations.push(toEvaluated(await evaluate({ finding, rules: using, preflight: asks })));
    const [first, ...others] = evaluations;
    if (first === undefined) throw new RequestRefused('event-unreadable', 'The event holds no finding');
    return reply
      .type(JSON_TYPE)
      .serializer(JSON.stringify)
      .send({ ...first, others });
  });

  async function rulesFor(draft: unknown): Promise<Rules> {
    const current = await rules.current();
    return draft === undefined ? current : readyRules(await readDraft(yielder, draft), current.revision, yielder, current.accounts);
  }

  /** @throws RequestRefused when the event holds no finding */
  function findingsIn(event: unknown): readonly Finding[] {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    if (body.length > MAX_EVENT_SIZE)
      throw new RequestRefused('event-unreadable', `The event is longer than a message of SQS: ${MAX_EVENT_SIZE} bytes`);
    const parts = readEvent(body);
    const findings = parts.flatMap((part) => (part.kind === 'finding' ? [part.finding] : []));
    if (findings.length > 0) return findings;
    const errors = parts.flatMap((part) =>
      part.kind === 'unreadable' ? [{ code: part.because, path: part.path, message: part.message }] : [],
    );
    const passed = parts.flatMap((part) => (part.kind === 'ignored' ? [part.because] : []));
    const detail = errors.length > 0 ? 'The event can not be read as a finding' : `The event carries no finding: ${passed.join(', ')}`;
    throw new RequestRefused('event-unreadable', detail, errors.length > 0 ? { errors } : {});
  }
}

function toEvaluated({ finding, decision, trace, group, outcome, facts, owner, preflight, ends }: Evaluation): Static<typeof Evaluated> {
  const { findingId, analyzerArn, status } = finding;
  const { until, failure, notes, ...rest } = outcome;
  return {
    findingId,
    analyzerArn,
    findingStatus: status,
    decision,
    trace: trace.map((rule) => ({ ...rule, mismatches: [...rule.mismatches] })),
    group,
    outcome: {
      ...rest,
      notes: [...notes],
      until: until === null ? null : new Date(until).toISOString(),
      failure: failure === null ? null : { code: failure.code, message: failure.message, words: failure.words },
    },
    facts,
    owner,
    preflight: preflight === null ? null : preflight.map((problem) => ({ ...problem })),
    ends: ends === null ? null : ends.map((end) => ({ ...end })),
  };
}
