import type { Static } from 'typebox';
import { Check } from 'typebox/value';
import { namedStatus, type NamedStatus } from '../project/issue-status.ts';
import { AllowedValue, OfferedTransition, ScreenFieldMeta, type WireTransition } from '../http/wire.ts';

/** A transition as it was offered to an issue. */
export interface Transition {
  readonly id: string;
  readonly name: string;
  readonly to: NamedStatus;
  /** Only a transition with a screen takes a comment or fields. */
  readonly hasScreen: boolean;
  /** May be taken from every status, also from the one that it leads to. */
  readonly isGlobal: boolean;
  /** The fields on its screen, as far as Jira lists them. */
  readonly fields: readonly ScreenField[];
}

/** A field on a transition's screen. */
export interface ScreenField {
  readonly id: string;
  readonly name: string;
  /** Required, and Jira has no default for it. */
  readonly required: boolean;
  readonly isList: boolean;
  /** The choices; empty where Jira does not list them. */
  readonly values: readonly ScreenValue[];
}

export interface ScreenValue {
  readonly id: string | null;
  readonly label: string;
  /** The label before its translation; absent: Jira tells none. */
  readonly untranslated?: string;
}

/** The known part of one workflow: only the transitions of its own status are visible in a read. Statuses are told apart by their names. */
export interface WorkflowMap {
  learn(from: NamedStatus, transitions: readonly Transition[]): void;
  /** The transitions of a status; undefined: not known. */
  offered(status: string): readonly Transition[] | undefined;
  /** Drops a status whose transitions turned out wrong. */
  forget(status: string): void;
  /** The statuses whose transitions are known. */
  statuses(): readonly NamedStatus[];
  /** All statuses that issues of this kind can have, as the project says; null: it could not be asked. */
  possible(): Promise<readonly NamedStatus[] | null>;
  /** The status in which a new issue of this kind was found; undefined: none was seen yet. */
  initial: string | undefined;
  /** The lessons of refusals about a transition's screen, by the transition's id. */
  readonly lessons: Map<string, ScreenLesson>;
  /** Whether a resolution stayed after a reopening transition that does not have it on its screen. */
  readonly keepsResolution: Map<string, boolean>;
  /** By a done status and the resolution of the rule: the resolution of a fix there that says something else; null: it has none such. */
  readonly endings: Map<string, string | null>;
}

/** What a transition's screen did not take, by field id or as `comment`, and fields that it required although Jira did not list them. */
export interface ScreenLesson {
  readonly refused: ReadonlyMap<string, ScreenRefusal>;
  readonly wanted: ReadonlySet<string>;
}

/** `not-on-screen`: it takes no value at all, in Jira's words. `our-value`: it refused our choice; a rule may say a better one. */
export type ScreenRefusal = 'not-on-screen' | 'our-value';

/** The maps of all workflows, learned again by every process. */
export type WorkflowMaps = (projectKey: string, issueType: string) => WorkflowMap;

/** @param possible serves `possible` of each map, and keeps its answers */
export function createWorkflowMaps(possible: (projectKey: string, issueType: string) => ReturnType<WorkflowMap['possible']>): WorkflowMaps {
  const maps = new Map<string, WorkflowMap>();
  return (projectKey, issueType) => {
    const key = JSON.stringify([projectKey, issueType]);
    const known = maps.get(key) ?? createWorkflowMap(() => possible(projectKey, issueType));
    maps.set(key, known);
    return known;
  };
}

export function createWorkflowMap(possible: WorkflowMap['possible']): WorkflowMap {
  const known = new Map<string, { readonly status: NamedStatus; readonly transitions: readonly Transition[] }>();
  return {
    learn: (status, transitions) => void known.set(status.name, { status, transitions }),
    offered: (status) => known.get(status)?.transitions,
    forget: (status) => void known.delete(status),
    statuses: () => [...known.values()].map(({ status }) => status),
    possible,
    initial: undefined,
    lessons: new Map(),
    keepsResolution: new Map(),
    endings: new Map(),
  };
}

/** The transitions that can be read and change the status: a looped one does not, and an unavailable one is refused. */
export function usableTransitions(offered: readonly unknown[]): Transition[] {
  return offered
    .filter((raw) => Check(OfferedTransition, raw))
    .filter(({ isAvailable, isLooped }) => isAvailable !== false && isLooped !== true)
    .map(transitionOf);
}

function transitionOf({ id, name, to, hasScreen, isGlobal, fields }: WireTransition): Transition {
  const known = Object.entries(fields ?? {}).flatMap(([key, field]) => screenField(key, field));
  return { id, name: name ?? id, to: namedStatus(to), hasScreen: hasScreen === true, isGlobal: isGlobal === true, fields: known };
}

function screenField(id: string, raw: unknown): ScreenField[] {
  if (!Check(ScreenFieldMeta, raw)) return [];
  const { name, required, hasDefaultValue, schema, allowedValues } = raw;
  const values = (allowedValues ?? []).flatMap((value) => (Check(AllowedValue, value) ? [screenValue(value)] : []));
  return [{ id, name: name ?? id, required: required === true && hasDefaultValue !== true, isList: schema?.type === 'array', values }];
}

function screenValue({ id, name, value, untranslatedName }: Static<typeof AllowedValue>): ScreenValue {
  const known = { id: id ?? null, label: name ?? value ?? id ?? '' };
  return typeof untranslatedName === 'string' ? { ...known, untranslated: untranslatedName } : known;
}
