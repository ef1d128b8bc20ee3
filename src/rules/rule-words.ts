import { Type } from 'typebox';

/** A name as Jira shows it to people. @param example completes the sentence "expected a name such as …" */
export const Name = (example: string) =>
  Type.String({ pattern: '\\S', maxLength: 255, description: `a name such as ${example}, of at most 255 characters` });

/** Key of a Jira project. */
export const ProjectKey = Type.String({
  pattern: '^[A-Z][A-Z0-9_]{1,49}$',
  description: 'a Jira project key such as SEC: 2 to 50 capital letters, digits and _, beginning with a letter',
});

const PERSON = '[^\\s@]+@[^\\s@]+|id:[A-Za-z0-9:_-]{1,128}';

const MAX_PERSON = 255;
const ONE_PERSON = new RegExp(`^(?:${PERSON})$`);

/** Whether a text can name a person, which a template shows once it is filled. */
export function isPerson(text: string): boolean {
  return text.length <= MAX_PERSON && ONE_PERSON.test(text);
}

/** The assignee of an issue, or a template for one. Jira hides most people's e-mail addresses, but finds people by them. */
export const Assignee = Type.String({
  pattern: `^(?:${PERSON}|[\\s\\S]*\\{\\{[\\s\\S]*)$`,
  maxLength: MAX_PERSON,
  description: 'an e-mail address such as lead@example.com, or id: and an account id of Jira; {{path | filter}} for values',
});

/** The assignee of a rule that wants the person who made the change. */
export const CHANGED_BY = 'changedBy';

/** The assignee of a rule: as that of an account, or the person who made the change. */
export const RuleAssignee = Type.String({
  pattern: `^(?:${CHANGED_BY}|${PERSON}|[\\s\\S]*\\{\\{[\\s\\S]*)$`,
  maxLength: MAX_PERSON,
  description: `an e-mail address such as lead@example.com, or id: and an account id of Jira; {{path | filter}} for values; or ${CHANGED_BY}`,
});

/** An Atlassian team. */
export const Team = Type.String({
  pattern: '\\S',
  maxLength: 255,
  description: 'the id of a team such as 36885b3c-1bf0-4f85-a357-c5b858c31de4, the end of the address of its page',
});

/** Names of components of the project, or templates for them. */
export const Components = Type.Array(Name('Storage'), {
  maxItems: 50,
  description: 'a list of at most 50 names of components, with {{path | filter}} for values',
});
