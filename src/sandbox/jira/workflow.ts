/** A Jira workflow as data. */
export interface Workflow {
  readonly name: string;
  /** The first one is the initial status. */
  readonly statuses: readonly [WorkflowStatus, ...WorkflowStatus[]];
  readonly transitions: readonly WorkflowTransition[];
}

export interface WorkflowStatus {
  readonly id: string;
  /** In the account's language. */
  readonly name: string;
  /** The name that its admins gave it, where the site translates it; absent: the same. */
  readonly untranslatedName?: string;
  readonly category: 'new' | 'indeterminate' | 'done';
}

/** A resolution that a screen offers: its name, or that and the one before its translation. */
export type WorkflowResolution = string | { readonly name: string; readonly untranslatedName: string };

/** The screen of a transition. It takes a comment, though Jira lists none. */
export interface WorkflowScreen {
  readonly resolution: 'absent' | 'optional' | 'required';
  /** The resolutions that it offers; absent: the site's usual ones. */
  readonly resolutions?: readonly WorkflowResolution[];
  /** Ids of fields of the project that it requires. */
  readonly requires?: readonly string[];
}

export interface WorkflowTransition {
  readonly id: string;
  readonly name: string;
  /** Names of statuses; `any` makes the transition global. */
  readonly from: readonly string[] | 'any';
  /** Name of a status; `same` makes the transition looped. */
  readonly to: string;
  /** Null: none. */
  readonly screen: WorkflowScreen | null;
  /** The effect of a post-function on the resolution: sets this one, clears it (null), or keeps it. It comes after the screen's value. */
  readonly resolution: string | null | 'kept';
  /** A condition: it is offered to the assignee only. */
  readonly condition?: 'assignee';
}

const TO_DO: WorkflowStatus = { id: '10000', name: 'To Do', category: 'new' };
const IN_PROGRESS: WorkflowStatus = { id: '3', name: 'In Progress', category: 'indeterminate' };
const DONE: WorkflowStatus = { id: '10001', name: 'Done', category: 'done' };
const OPEN: WorkflowStatus = { id: '1', name: 'Open', category: 'new' };
const IN_REVIEW: WorkflowStatus = { id: '10002', name: 'In Review', category: 'indeterminate' };
const CLOSED: WorkflowStatus = { id: '6', name: 'Closed', category: 'done' };

/** Without screens; a post-function sets and clears the resolution. */
export const SIMPLE_WORKFLOW: Workflow = {
  name: 'simple',
  statuses: [TO_DO, IN_PROGRESS, DONE],
  transitions: [
    { id: '11', name: 'Start', from: ['To Do'], to: 'In Progress', screen: null, resolution: 'kept' },
    { id: '21', name: 'Done', from: ['To Do', 'In Progress'], to: 'Done', screen: null, resolution: 'Done' },
    { id: '31', name: 'Back to the list', from: ['In Progress', 'Done'], to: 'To Do', screen: null, resolution: null },
    { id: '41', name: 'Work on it again', from: ['Done'], to: 'In Progress', screen: null, resolution: null },
  ],
};

/** No direct path from open to closed. The last screen requires a resolution, which stays when the issue is reopened. */
export const STRICT_WORKFLOW: Workflow = {
  name: 'strict',
  statuses: [OPEN, IN_PROGRESS, IN_REVIEW, CLOSED],
  transitions: [
    { id: '101', name: 'Start progress', from: ['Open'], to: 'In Progress', screen: null, resolution: 'kept' },
    { id: '111', name: 'Stop progress', from: ['In Progress'], to: 'Open', screen: null, resolution: 'kept' },
    { id: '121', name: 'Ask for review', from: ['In Progress'], to: 'In Review', screen: { resolution: 'absent' }, resolution: 'kept' },
    { id: '131', name: 'Close', from: ['In Review'], to: 'Closed', screen: { resolution: 'required' }, resolution: 'kept' },
    { id: '141', name: 'Reopen', from: ['Closed'], to: 'Open', screen: { resolution: 'optional' }, resolution: 'kept' },
  ],
};

/** Every status can be reached from every status, itself included, and one transition is looped. */
export const GLOBAL_WORKFLOW: Workflow = {
  name: 'global',
  statuses: [TO_DO, IN_PROGRESS, DONE],
  transitions: [
    { id: '201', name: 'Add evidence', from: 'any', to: 'same', screen: { resolution: 'absent' }, resolution: 'kept' },
    { id: '211', name: 'To Do', from: 'any', to: 'To Do', screen: null, resolution: null },
    { id: '221', name: 'In Progress', from: 'any', to: 'In Progress', screen: null, resolution: null },
    { id: '231', name: 'Done', from: 'any', to: 'Done', screen: { resolution: 'optional' }, resolution: 'Done' },
  ],
};

export function transitionsFrom(workflow: Workflow, status: string): WorkflowTransition[] {
  return workflow.transitions.filter(({ from }) => from === 'any' || from.includes(status));
}

/** The target of a transition from this status. A status that the workflow does not have is shown as its first one. */
export function targetOf(workflow: Workflow, transition: WorkflowTransition, status: string): WorkflowStatus {
  return statusNamed(workflow, transition.to === 'same' ? status : transition.to);
}

/** A status that the workflow does not have becomes its first one, as when an issue is moved to another project. */
export function statusNamed(workflow: Workflow, name: string): WorkflowStatus {
  return workflow.statuses.find((status) => status.name === name) ?? workflow.statuses[0];
}

/** @returns the shortest path between two statuses, null when there is none */
export function pathTo(workflow: Workflow, from: string, to: string): WorkflowTransition[] | null {
  const ways: { at: string; way: WorkflowTransition[] }[] = [{ at: from, way: [] }];
  const visited = new Set([from]);
  for (const { at, way } of ways) {
    if (at === to) return way;
    for (const transition of transitionsFrom(workflow, at)) {
      const next = targetOf(workflow, transition, at).name;
      if (visited.has(next)) continue;
      visited.add(next);
      ways.push({ at: next, way: [...way, transition] });
    }
  }
  return null;
}

/** Every resolution that the screens of a workflow offer beyond the usual ones. */
export function resolutionsOf({ transitions }: Workflow): readonly WorkflowResolution[] {
  return transitions.flatMap(({ screen }) => screen?.resolutions ?? []);
}

export function resolutionName(resolution: WorkflowResolution): string {
  return typeof resolution === 'string' ? resolution : resolution.name;
}
