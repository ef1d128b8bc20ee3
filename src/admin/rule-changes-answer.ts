import { Type } from 'typebox';
import { BESIDES_RULES } from '../rules/rule-changes.ts';

const RuleIds = Type.Object({ count: Type.Integer({ minimum: 0 }), ids: Type.Array(Type.String(), { description: 'At most 100' }) });

/** What differs between two rule sets, as the API shows it. */
export const RuleChanges = Type.Object(
  {
    added: RuleIds,
    removed: RuleIds,
    changed: RuleIds,
    moved: RuleIds,
    besides: Type.Array(Type.Enum(BESIDES_RULES), { description: 'What stands beside the rules and differs' }),
  },
  { description: 'What differs between two rule sets' },
);
