import { Check } from 'typebox/value';
import type { Failure } from '../../issues/failure.ts';
import type { TransitionIntent } from '../../issues/group-record.ts';
import type { CloseOutcome, TransitionAim } from '../../rules/transition-aim.ts';
import type { NamedStatus } from '../project/issue-status.ts';
import { OfferedTransition } from '../http/wire.ts';
import { namesWay } from './end-of.ts';
import type { ScreenField, Transition } from './workflow-map.ts';

/** Characters of a rule's value in a message. */
const MAX_VALUE = 200;

/** Transitions, statuses or values that a message names. */
const MAX_NAMED = 10;

/** A transition wants a value that the rule does not give, or refuses the rule's. @param words Jira's */
export function fieldRequired(
  transition: string,
  field: Pick<ScreenField, 'id' | 'name' | 'values'>,
  { to, aim }: { readonly to: TransitionIntent['to']; readonly aim: TransitionAim | null },
  words: string | null = null,
): Failure {
  const place = `${to === 'closed' ? 'close' : 'reopen'}.${field.id === 'resolution' ? 'resolution' : `fields.${field.id}`}`;
  const listed = field.values.length === 0 ? '' : ` (one of ${labelsOf(field)})`;
  const ofRule = field.id === 'resolution' ? aim?.resolution : aim?.fields?.[field.id];
  const given = ofRule === undefined ? '' : ` and does not take the rule's ${JSON.stringify(ofRule).slice(0, MAX_VALUE)}`;
  // An open issue has no resolution that a rule could name.
  const remedy =
    to === 'open' && field.id === 'resolution'
      ? 'make it optional'
      : `give it a value in the rule's ${place}${listed}, or make it optional`;
  return {
    code: 'jira-field-required',
    message: `The transition "${transition}" asks for the field ${field.id} "${field.name}"${given}; ${remedy}`,
    words,
    retry: { when: 'backoff' },
  };
}

function labelsOf({ values }: Pick<ScreenField, 'values'>): string {
  return some(values.map(({ label }) => label));
}

/** What the words of an end would have to say. */
const WANTED: Readonly<Record<CloseOutcome | 'duplicate', string>> = {
  resolved: 'says that the access is gone',
  archived: 'says that the access was accepted, or just that the work has ended',
  unmonitored: 'says just that the work has ended',
  duplicate: 'says that the issue is a duplicate, or just that the work has ended',
};

/** More than one meaning is possible, or another one than what became of the finding: the rule must say where the issue ends. */
export const closeUndecided = {
  resolution({ name }: Pick<Transition, 'name'>, field: ScreenField, outcome: CloseOutcome | 'duplicate'): Failure {
    const message = `The transition "${name}" asks for a resolution, and none that is known ${WANTED[outcome]}; name one in the rule's ${places(outcome, ['resolution'])} (one of ${labelsOf(field)})`;
    return { code: 'jira-close-undecided', message, words: null, retry: { when: 'backoff' } };
  },
  /** @param choices transitions to done statuses; they alone, or with others that no transition was seen to lead to */
  status(choices: readonly Pick<Transition, 'name' | 'to'>[], done: readonly NamedStatus[], outcome: CloseOutcome | 'duplicate'): Failure {
    const offered = choices.map(({ name, to }) => (name === to.name ? `"${to.name}"` : `"${to.name}" by "${name}"`));
    const others = done.filter((status) => choices.every(({ to }) => to.name !== status.name)).map(({ name }) => `"${name}"`);
    const message = `No done status that can be reached ${WANTED[outcome]}; name one in the rule's ${places(outcome, ['status', 'transition'])} (one of ${some([...new Set([...offered, ...others])])})`;
    return { code: 'jira-close-undecided', message, words: null, retry: { when: 'backoff' } };
  },
};

function places(outcome: CloseOutcome | 'duplicate', properties: readonly string[]): string {
  const parts = outcome === 'duplicate' ? ['close'] : ['close', `close.${outcome}`];
  return parts.flatMap((part) => properties.map((property) => `${part}.${property}`)).join(' or ');
}

/** The rule names a status that the workflow does not have on that side. */
export function noSuchStatus(to: TransitionIntent['to'], given: string, statuses: readonly NamedStatus[]): Failure {
  const [part, kind] = to === 'closed' ? ['close', 'done status'] : ['reopen', 'status that is not done'];
  const message = `The workflow has no ${kind} "${given}", which the rule's ${part}.status names; it has ${some(statuses.map(({ name }) => `"${name}"`))}`;
  return { code: 'jira-not-offered', message, words: null, retry: { when: 'backoff' } };
}

/** A transition that is not shown may be there for others. */
const CONDITIONS = 'a condition of the workflow may hide one from the account, such as "only the assignee"';

/** No path leads to the other side, or to where the rule says. @param offered as Jira gave them */
export function noTransition(
  { to, aim }: { readonly to: TransitionIntent['to']; readonly aim: TransitionAim | null },
  from: string,
  offered: readonly unknown[],
): Failure {
  const message =
    offered.length === 0
      ? `Jira offers no transition at all from "${from}"; give the account the permission "Transition issues" in the project, or change the conditions of the workflow, which may allow transitions to others alone, such as the assignee`
      : `No transition leads from "${from}" to ${goalWords(to, aim)}, at once or over others; Jira offers ${some(offered.map(nameOf))}; ${CONDITIONS}; add one to the workflow, or move the issue by hand`;
  return { code: 'jira-no-transition', message, words: null, retry: { when: 'backoff' } };
}

function goalWords(to: TransitionIntent['to'], aim: TransitionAim | null): string {
  const part = to === 'closed' ? 'close' : 'reopen';
  if (!namesWay(aim)) return to === 'closed' ? 'a done status' : 'a status that is not done';
  const status = aim.status === undefined ? [] : [`the status "${aim.status}" of the rule's ${part}.status`];
  const transition = aim.transition === undefined ? [] : [`the transition "${aim.transition}" of the rule's ${part}.transition`];
  return [...status, ...transition].join(' by ');
}

function nameOf(raw: unknown): string {
  return Check(OfferedTransition, raw) ? `"${raw.name ?? raw.id}" to "${raw.to.name}"` : "one that can't be read";
}

function some(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
