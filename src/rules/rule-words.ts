import { Type } from 'typebox';

/** A name as Jira shows it to people. @param example completes the sentence "expected a name such as …" */
export const Name = (example: string) =>
  Type.String({ pattern: '\\S', maxLength: 255, description: `a name such as ${example}, of at most 255 characters` });

/** Key of a Jira project. */
export const ProjectKey = Type.String({
  pattern: '^[A-Z][A-Z0-9_]{1,49}$',
  description: 'a Jira project key such as SEC: 2 to 50 capital letters, digits and _, beginning with a letter',
});

/** The assignee of an issue. Jira hides most people's e-mail addresses, but finds people by them. */
export const Assignee = Type.String({
  pattern: '^(?:[^\\s@]+@[^\\s@]+|id:[A-Za-z0-9:_-]{1,128})$',
  maxLength: 255,
  description: 'an e-mail address such as lead@example.com, or id: and an account id of Jira',
});

/** Names of components of the project. */
export const Components = Type.Array(Name('Storage'), { maxItems: 50, description: 'a list of at most 50 names of components' });
