import type { JsonObject } from '../findings/json.ts';
import type { Section } from '../rules/issue-fields.ts';
import type { FoundOwner } from './facts/find-owner.ts';
import type { AccountFacts } from '../rules/account-facts.ts';

/** Where an issue goes and how it is filed: a rule's `issue` part, resolved for one finding. */
export interface IssueRoute {
  readonly ruleId: string;
  /** Revision of the rule set that decided. */
  readonly revision: number;
  readonly projectKey: string;
  readonly issueType: string;
  /** A name; null: the rule has none, so the default of the severity applies, if the project has it. */
  readonly priority: string | null;
  readonly labels: readonly string[];
  readonly dueInDays: number | null;
  /** Names. Labels, components, assignees and the texts in `fields` may be templates. */
  readonly components: readonly string[];
  /** A name; null: the project's default. */
  readonly securityLevel: string | null;
  /** Key of the parent issue. */
  readonly parent: string | null;
  /** E-mail address, or `id:` and an account id; null: the project decides. */
  readonly assignee: string | null;
  /** The rule's own assignee, used if the account map's is unknown or inactive in Jira. */
  readonly fallbackAssignee: string | null;
  /** The account map's team, by its id; null: none, so that the project's Team field is the rule's affair. */
  readonly team: string | null;
  /** Further fields by id or name. */
  readonly fields: JsonObject;
  readonly content: 'full' | 'minimal';
  /** The company's sign-in page for the console, with `{link}`; null: people sign in to the console itself. */
  readonly consoleLink: string | null;
  /** A template; null: the default summary. */
  readonly summary: string | null;
  readonly sections: readonly Section[];
  /** What is known of the account that owns the resource, besides its id; null, or absent where an earlier version wrote the route: nothing. */
  readonly account?: AccountFacts | null;
  /** Whose the resource is; absent: not known. */
  readonly owner?: Omit<FoundOwner, 'settings'>;
}
