import type { JsonObject } from '../findings/json.ts';
import type { Section } from '../rules/issue-fields.ts';

/** Where an issue goes and how it is filed: a rule's `issue` part for one finding, as it was when the intent was made. */
export interface IssueRoute {
  readonly ruleId: string;
  /** Revision of the rule set that decided. */
  readonly revision: number;
  readonly projectKey: string;
  readonly issueType: string;
  /** A name; null: the rule says none, so that the usual one of the severity is taken where the project has it. */
  readonly priority: string | null;
  readonly labels: readonly string[];
  readonly dueInDays: number | null;
  /** Names. */
  readonly components: readonly string[];
  /** A name; null: the project's default. */
  readonly securityLevel: string | null;
  /** Key of the issue above it. */
  readonly parent: string | null;
  /** E-mail address, or `id:` and an account id; null: the project decides. */
  readonly assignee: string | null;
  /** The rule's own assignee, for when the account map's is unknown or inactive in Jira. */
  readonly fallbackAssignee: string | null;
  /** Further fields by id or name. */
  readonly fields: JsonObject;
  readonly content: 'full' | 'minimal';
  /** The company's sign-in page on the way to the console, with `{link}`; null: people sign in to the console itself. */
  readonly consoleLink: string | null;
  /** A template; null: the usual summary. */
  readonly summary: string | null;
  readonly sections: readonly Section[];
}
