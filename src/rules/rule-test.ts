import { Type, type Static } from 'typebox';
import type { JsonObject } from '../findings/json.ts';
import { ProjectKey } from './rule-words.ts';

const Expectation = Type.Object(
  {
    action: Type.Union([Type.Literal('issue'), Type.Literal('ignore')], { description: '"issue" or "ignore"' }),
    ruleId: Type.Optional(
      Type.Union([Type.String(), Type.Null()], { description: 'the id of the rule that decides, or null where none is to match' }),
    ),
    project: Type.Optional(ProjectKey),
  },
  { additionalProperties: false, description: 'an object with action and, if wanted, ruleId and project' },
);

/** A test of the rules, beside them in the rule set. It has either a whole `event`, or a `finding`: the `detail` of one for external access. */
export const RuleTest = Type.Object(
  {
    name: Type.Optional(Type.String({ maxLength: 200, description: 'a name of at most 200 characters' })),
    event: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object', description: 'a finding as an EventBridge event' })),
    finding: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object', description: "the fields of an event's detail" })),
    expect: Expectation,
  },
  { additionalProperties: false, description: 'a test: an object with event or finding, and expect' },
);
export type RuleTest = Static<typeof RuleTest>;

/** Each test may have to try ten thousand rules. */
export const MAX_TESTS = 1_000;
