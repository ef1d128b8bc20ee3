import { simulatedField, type CustomField, type SimulatedField } from './simulated-field.ts';
import { GLOBAL_WORKFLOW, SIMPLE_WORKFLOW, STRICT_WORKFLOW, type Workflow } from './workflow.ts';

/** A project of the simulated Jira. */
export interface SimulatedProject {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly issueTypes: readonly SimulatedIssueType[];
  /** From the most to the least urgent. */
  readonly priorities: readonly SimulatedPriority[];
  /** Fields besides those of `SCREEN_FIELDS`. */
  readonly fields: readonly SimulatedField[];
  /** Ids of the fields on the create screen, besides project and issue type. */
  readonly createScreen: ReadonlySet<string>;
  /** Required fields of the create screen, besides the summary. */
  readonly required: ReadonlySet<string>;
  /** Permissions that the service's account lacks here. */
  readonly lacking: ReadonlySet<string>;
  readonly isTeamManaged: boolean;
  /** Who may browse it, in the words of a permission scheme: `anyone`, `applicationRole` (all who are signed in), `projectRole`. */
  readonly browsers: readonly string[];
}

export interface SimulatedIssueType {
  readonly id: string;
  readonly name: string;
  readonly workflow: Workflow;
  /** An issue of it needs a parent. */
  readonly subtask: boolean;
}

export interface SimulatedPriority {
  readonly id: string;
  readonly name: string;
}

type WorkflowName = 'simple' | 'strict' | 'global';

/** A project; by default with the issue types Task and Bug, five priorities, the simple workflow, and every field on the screen. */
export interface ProjectOptions {
  readonly key: string;
  readonly name?: string;
  /** Workflow of every issue type: one of `WORKFLOWS` by its name, or any other. */
  readonly workflow?: WorkflowName | Workflow;
  /** Workflows of single issue types, by their name. An unknown name adds an issue type. */
  readonly issueTypes?: Readonly<Record<string, WorkflowName | Workflow>>;
  /** Names of the issue types that are sub-tasks. */
  readonly subtasks?: readonly string[];
  readonly priorities?: readonly string[];
  /** Fields that the create screen lacks, such as `labels`. */
  readonly offScreen?: readonly string[];
  readonly required?: readonly string[];
  readonly components?: readonly string[];
  /** When there are any, the service's account may set them. */
  readonly securityLevels?: readonly string[];
  readonly customFields?: readonly CustomField[];
  /** Permissions that the service's account lacks here; by default `ADMINISTER_PROJECTS`. */
  readonly lacking?: readonly string[];
  readonly isTeamManaged?: boolean;
  readonly browsers?: readonly string[];
}

export const DEFAULT_PROJECTS: readonly ProjectOptions[] = [
  { key: 'SEC', name: 'Security' },
  { key: 'PLAT', name: 'Platform' },
  { key: 'DATA', name: 'Data' },
];

/** The fields that a create screen can have here. Source: `GET /rest/api/3/issue/createmeta/{project}/issuetypes/{id}`. */
export const SCREEN_FIELDS = ['summary', 'description', 'labels', 'priority', 'duedate', 'assignee'] as const;

const WORKFLOWS: Readonly<Record<WorkflowName, Workflow>> = { simple: SIMPLE_WORKFLOW, strict: STRICT_WORKFLOW, global: GLOBAL_WORKFLOW };
const ISSUE_TYPES = ['Task', 'Bug', 'Story', 'Incident'];
const PRIORITIES = ['Highest', 'High', 'Medium', 'Low', 'Lowest'];

/** @param position number of the project, for its id */
export function simulatedProject(options: ProjectOptions, position: number): SimulatedProject {
  const workflow = options.workflow ?? 'simple';
  const types = new Map<string, WorkflowName | Workflow>([
    ['Task', workflow],
    ['Bug', workflow],
    ...Object.entries(options.issueTypes ?? {}),
  ]);
  const fields = fieldsOf(options, position);
  return {
    id: String(10_000 + position),
    key: options.key,
    name: options.name ?? options.key,
    issueTypes: [...types].map(([name, of]) => ({
      id: idOf(ISSUE_TYPES, name, 10_100),
      name,
      workflow: typeof of === 'string' ? WORKFLOWS[of] : of,
      subtask: options.subtasks?.includes(name) === true,
    })),
    priorities: (options.priorities ?? PRIORITIES).map((name) => ({ id: idOf(PRIORITIES, name, 1), name })),
    fields,
    createScreen: new Set([...SCREEN_FIELDS, ...fields.map(({ id }) => id)].filter((field) => !(options.offScreen ?? []).includes(field))),
    required: new Set([
      ...(options.required ?? []),
      ...fields.filter((field) => field.required && !field.hasDefaultValue).map(({ id }) => id),
    ]),
    lacking: new Set([
      ...(options.lacking ?? ['ADMINISTER_PROJECTS']),
      ...(fields.some(({ kind }) => kind === 'security') ? [] : ['SET_ISSUE_SECURITY']),
    ]),
    isTeamManaged: options.isTeamManaged ?? false,
    browsers: options.browsers ?? ['projectRole'],
  };
}

/** Without the fields that every project has. */
function fieldsOf({ components, securityLevels, customFields = [], required = [] }: ProjectOptions, position: number): SimulatedField[] {
  const own: CustomField[] = [
    { id: 'parent', name: 'Parent', kind: 'parent' },
    ...(components === undefined ? [] : [{ id: 'components', name: 'Components', kind: 'components', options: components } as const]),
    ...(securityLevels === undefined
      ? []
      : [{ id: 'security', name: 'Security Level', kind: 'security', options: securityLevels } as const]),
    ...customFields,
  ];
  return own.map((field, index) =>
    simulatedField({ ...field, required: field.required ?? required.includes(field.id) }, position * 20 + index),
  );
}

/** The same name has the same id in every project; an unknown name gets an id from its letters. */
function idOf(known: readonly string[], name: string, first: number): string {
  const position = known.indexOf(name);
  const letters = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 100_000, 7);
  return String(position === -1 ? 20_000 + letters : first + position);
}
