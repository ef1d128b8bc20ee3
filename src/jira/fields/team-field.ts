import type { IssueDraft } from '../../issues/issue-draft.ts';
import type { CreateScreen } from '../project/create-screen.ts';
import { isTeamKind } from './app-kinds.ts';
import type { FieldProblem } from './field-problem.ts';
import { fieldValue } from './field-value.ts';
import type { OtherField } from './other-fields.ts';

/**
 * The account map's team, in the project's Team field. Pure.
 * @param set the fields that the rule sets: where there are several Team fields, the one among them counts
 */
export function teamField(
  { issueType, projectKey }: IssueDraft,
  team: string,
  screen: CreateScreen,
  set: Readonly<Record<string, unknown>>,
): OtherField {
  const where = `"${issueType}" in ${projectKey}`;
  const problem = (code: FieldProblem['code'], id: string | null, message: string): OtherField => ({
    is: 'problem',
    id,
    problem: { code, part: 'team', message },
  });
  const all = [...screen.fields.values()].filter(({ kind }) => isTeamKind(kind));
  const [field, ...others] = all.length > 1 ? all.filter(({ id }) => Object.hasOwn(set, id)) : all;
  if (all.length === 0)
    return problem(
      'not-on-screen',
      null,
      `the create screen of ${where} has no Team field; put it on the screen, or take the team out of the account map`,
    );
  if (field === undefined || others.length > 0) {
    const ids = all.map(({ id }) => id).join(', ');
    return problem(
      'field-unknown',
      null,
      `${where} has more than one Team field (${ids}); give just one of them a team in the rule's fields, too`,
    );
  }
  const read = fieldValue(field, team, new Map());
  return read.ok
    ? { is: 'value', id: field.id, value: read.value }
    : problem('field-value-unfit', field.id, `the field ${field.id} "${field.name}" takes ${read.expected}`);
}
