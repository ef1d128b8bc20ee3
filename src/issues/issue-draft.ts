import type { JsonObject } from '../findings/json.ts';
import type { Severity } from '../findings/severity.ts';
import type { AdfDocument } from './text/adf.ts';

/** An issue as it is to be created, without what marks it as ours. Names are people's; the tracker finds the ids that Jira wants. */
export interface IssueDraft {
  readonly projectKey: string;
  readonly issueType: string;
  readonly summary: string;
  readonly description: AdfDocument;
  readonly labels: readonly string[];
  readonly severity: Severity;
  /** A name that the rule says; null: the usual one of the severity, where the project has it. */
  readonly priority: string | null;
  /** `YYYY-MM-DD`, UTC. */
  readonly dueDate: string | null;
  readonly components: readonly string[];
  readonly securityLevel: string | null;
  readonly parent: string | null;
  /** E-mail address, or `id:` and an account id; null: the project decides. */
  readonly assignee: string | null;
  readonly fallbackAssignee: string | null;
  /** By id or name. */
  readonly fields: JsonObject;
}
