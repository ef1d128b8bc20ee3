import { Type } from 'typebox';
import { BESIDES_RULES } from '../rules/rule-changes.ts';

const RuleIds = Type.Object({ count: Type.Integer({ minimum: 0 }), ids: Type.Array(Type.String(), { description: 'At most 100' }) });

/** The differences between two rule sets, as the API shows them. */
export const RuleChanges = Type.Object(
  {
    added: RuleIds,
    removed: RuleIds,
    changed: RuleIds,
    moved: RuleIds,
    besides: Type.Array(Type.Enum(BESIDES_RULES), { description: 'Changed parts of the set other than rules' }),
  },
  { description: 'The differences between two rule sets' },
);
