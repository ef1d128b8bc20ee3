import type { JsonObject } from '../findings/json.ts';
import type { Severity } from '../findings/severity.ts';
import type { AdfDocument } from './text/adf.ts';

/** An issue to create, without its marker. Values are display names; the tracker finds the ids that Jira needs. */
export interface IssueDraft {
  readonly projectKey: string;
  readonly issueType: string;
  readonly summary: string;
  readonly description: AdfDocument;
  readonly labels: readonly string[];
  readonly severity: Severity;
  /** A name from the rule; null: the default of the severity, if the project has it. */
  readonly priority: string | null;
  /** `YYYY-MM-DD`, UTC. */
  readonly dueDate: string | null;
  readonly components: readonly string[];
  readonly securityLevel: string | null;
  readonly parent: string | null;
  /** E-mail address, or `id:` and an account id; null: the project decides. */
  readonly assignee: string | null;
  readonly fallbackAssignee: string | null;
  /** The id of an Atlassian team, for the project's Team field. */
  readonly team: string | null;
  /** By id or name. */
  readonly fields: JsonObject;
  /** The parts that a template has filled, such as `components[0]` or `fields["Root cause"]`: a value of `fields` is then fitted to its field. */
  readonly filled: readonly string[];
}
