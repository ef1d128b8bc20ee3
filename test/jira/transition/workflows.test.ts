import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { doc } from '../../../src/issues/text/adf.ts';
import { markerOf } from '../../../src/issues/marker.ts';
import type { NamedStatus } from '../../../src/jira/project/issue-status.ts';
import { fillScreen } from '../../../src/jira/transition/fill-screen.ts';
import { outcomeMeaning } from '../../../src/jira/transition/outcome-meaning.ts';
import { FIXED_WORDS, OTHER_WORDS } from '../../../src/jira/transition/outcome-words.ts';
import { planTransition } from '../../../src/jira/transition/plan-transition.ts';
import { createWorkflowMap, type ScreenField, type Transition } from '../../../src/jira/transition/workflow-map.ts';
import { startJiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { WorkflowTransition } from '../../../src/sandbox/jira/workflow.ts';
import type { CloseOutcome, TransitionAim } from '../../../src/rules/transition-aim.ts';
import { readyIssue } from '../../support/findings/issue-route.ts';
import { trackerOf } from '../../support/jira/tracker.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';

/** A workflow with the status New and these done statuses, which all can be reached from everywhere. */
interface Site {
  /** Each as `name`, or `name = untranslated name`. */
  readonly done: readonly string[];
  /** Names of the transitions where they differ from the statuses; null: a condition hides it from the account. */
  readonly by?: readonly (string | null)[];
  /** Resolutions on the screens; null: there are no screens. */
  readonly resolutions?: readonly string[];
  readonly required?: boolean;
  /** Indices of transitions whose screen wants a field that no rule gives. */
  readonly wants?: readonly number[];
}

/** Where an issue ends: its status, or with the resolution `status / resolution`, or why it does not. */
type Ending = string;

const [UNDECIDED, FIELD, NO_PATH] = ['? undecided', '? field', '? no path'];
const CODES: Readonly<Record<string, string>> = {
  'jira-close-undecided': UNDECIDED ?? '',
  'jira-field-required': FIELD ?? '',
  'jira-no-transition': NO_PATH ?? '',
};

function nameOf(given: string): { readonly name: string; readonly untranslatedName?: string } {
  const [name = '', untranslatedName] = given.split(' = ');
  return untranslatedName === undefined ? { name } : { name, untranslatedName };
}

const CAUSE: ScreenField = { id: 'customfield_7', name: 'Cause', required: true, isList: false, values: [] };

/** The pure planner on this workflow. */
function planned(site: Site, outcome: CloseOutcome, aim: TransitionAim | null = null): Ending {
  const statuses = site.done.map((given): NamedStatus => ({ category: 'done', ...nameOf(given) }));
  const map = createWorkflowMap(() => Promise.resolve(statuses));
  const offered = transitionsOf(site);
  map.learn({ name: 'New', category: 'new' }, offered);
  const position = { from: 'New', visited: new Set(['New']), hopsLeft: 5, explore: true, offered };
  const plan = planTransition({ to: 'closed', outcome, aim, statuses }, map, position);
  if ('failure' in plan) return CODES[plan.failure.code] ?? plan.failure.code;
  const last = plan.hops.at(-1) ?? plan.hops[0];
  const filled = fillScreen(last, { to: 'closed', isLast: true, aim, outcome });
  const resolution: unknown = filled.ok ? filled.fields['resolution'] : undefined;
  const label = screenOf(site)[0]?.values.find(({ id }) => JSON.stringify({ id }) === JSON.stringify(resolution))?.label;
  return label === undefined ? last.to.name : `${last.to.name} / ${label}`;
}

function screenOf({ resolutions, required = false }: Site): readonly ScreenField[] {
  if (resolutions === undefined) return [];
  const values = resolutions.map((given, at) => {
    const { name, untranslatedName } = nameOf(given);
    return { id: String(at), label: name, ...(untranslatedName === undefined ? {} : { untranslated: untranslatedName }) };
  });
  return [{ id: 'resolution', name: 'Resolution', required, isList: false, values }];
}

/** Jira tells the untranslated name of a status in the list of the project alone. */
function transitionsOf(site: Site): readonly Transition[] {
  const { done, by = [], wants = [] } = site;
  return done.flatMap((given, at): Transition[] => {
    const status = nameOf(given).name;
    const name = by[at] === undefined ? status : by[at];
    const fields = wants.includes(at) ? [...screenOf(site), CAUSE] : screenOf(site);
    const to: NamedStatus = { name: status, category: 'done' };
    return name === null ? [] : [{ id: String(at), name, to, hasScreen: fields.length > 0, isGlobal: true, fields }];
  });
}

const onClosed = (...resolutions: readonly string[]): Site => ({ done: ['Closed'], resolutions, required: true });

/** The workflow, and where a resolved and an archived finding end. */
const BY_HAND: readonly (readonly [what: string, site: Site, resolved: Ending, archived: Ending])[] = [
  ['Jira’s default', { done: ['Done'] }, 'Done', 'Done'],
  ['accepted first', { done: ['Risk Accepted', 'False Positive', 'Remediated'] }, 'Remediated', 'Risk Accepted'],
  ['German', { done: ['Wird nicht erledigt', 'Fertig'] }, 'Fertig', 'Wird nicht erledigt'],
  ['French', { done: ['Abandonné', 'Terminé'] }, 'Terminé', 'Terminé'],
  ['Spanish', { done: ['Rechazado', 'Duplicado', 'Resuelto'] }, 'Resuelto', 'Resuelto'],
  ['Japanese', { done: ['却下', '完了'] }, '完了', '完了'],
  ['Polish', { done: ['Nie do naprawy', 'Gotowe'] }, 'Gotowe', 'Nie do naprawy'],
  ['two that say nothing', { done: ['Zeta', 'Omega'] }, '? undecided', '? undecided'],
  ['one that says nothing', { done: ['Shipped'] }, 'Shipped', 'Shipped'],
  ['only one that says something else', { done: ['Rejected'] }, '? undecided', 'Rejected'],
  ['a required resolution', onClosed('Risk Accepted', 'False Positive', 'Remediated'), 'Closed / Remediated', 'Closed / Risk Accepted'],
  ['a required one in German', onClosed('Wird nicht erledigt', 'Duplikat', 'Fertig'), 'Closed / Fertig', 'Closed / Wird nicht erledigt'],
  ['the usual resolutions', onClosed('Done', "Won't Do", 'Duplicate', 'Cannot Reproduce'), 'Closed / Done', "Closed / Won't Do"],
  ['the older ones', onClosed('Fixed', "Won't Fix", 'Duplicate', 'Incomplete'), 'Closed / Fixed', "Closed / Won't Fix"],
  ['resolutions that say nothing', onClosed('Alpha', 'Beta'), '? undecided', '? undecided'],
  ['only resolutions that say something else', onClosed('Duplicate', 'False Positive'), '? undecided', '? undecided'],
  ['the only resolution', onClosed('Alpha'), 'Closed / Alpha', 'Closed / Alpha'],
  ['the only resolution says something else', onClosed('Rejected'), '? undecided', 'Closed / Rejected'],
  ['optional resolutions', { done: ['Done'], resolutions: ["Won't Do", 'Fixed'] }, 'Done / Fixed', "Done / Won't Do"],
  ['optional ones that say nothing', { done: ['Done'], resolutions: ['Alpha', 'Beta'] }, 'Done', 'Done'],
  ['optional ones that say something else', { done: ['Done'], resolutions: ['Duplicate', 'Rejected'] }, 'Done', 'Done'],
  ['translated statuses', { done: ["Xyz = Won't Do", 'Zyx = Done'] }, 'Zyx', 'Xyz'],
  ['translated resolutions', onClosed('Xyz = Duplicate', 'Zyx = Fixed'), 'Closed / Zyx', '? undecided'],
  ['a status that was renamed to say something else', { done: ['Rejected = Done'] }, '? undecided', 'Rejected'],
  ['won’t do before done', { done: ["Won't Do", 'Done'] }, 'Done', "Won't Do"],
  ['cancelled before closed', { done: ['Cancelled', 'Closed'] }, 'Closed', 'Closed'],
  ['closed as won’t do', { done: ["Closed - won't do", 'Closed - fixed'] }, 'Closed - fixed', "Closed - won't do"],
  ['waived', { done: ['Waived', 'Resolved'] }, 'Resolved', 'Resolved'],
  ['obsolete and nothing else', { done: ['Obsolete', 'Duplicate'] }, '? undecided', '? undecided'],
  ['one that says nothing beside won’t do', { done: ['Shipped', "Won't Do"] }, '? undecided', "Won't Do"],
  ['a transition that fixes', { done: ['Zeta', 'Omega'], by: ['Drop', 'Mark as fixed'] }, 'Omega', '? undecided'],
  ['a transition that rejects', { done: ['Closed'], by: ['Reject'] }, '? undecided', 'Closed'],
  ['two transitions into one status', { done: ['Closed', 'Closed'], by: ['Reject', 'Resolve'] }, 'Closed', 'Closed'],
  ['all hidden by conditions', { done: ['Done', 'Rejected'], by: [null, null] }, '? no path', '? no path'],
  ['the fix hidden by a condition', { done: ['Done', 'Rejected'], by: [null, 'Rejected'] }, '? no path', '? no path'],
  ['the other one hidden by a condition', { done: ['Done', 'Rejected'], by: ['Done', null] }, 'Done', 'Done'],
  ['one of two unknown ones hidden', { done: ['Zeta', 'Omega'], by: ['Zeta', null] }, '? undecided', '? undecided'],
  ['a field on the way to done', { done: ['Done', "Won't Do"], wants: [0] }, '? field', "Won't Do"],
  ['a field on the way to won’t do', { done: ['Done', "Won't Do"], wants: [1] }, 'Done', 'Done'],
  ['a field on the way to one of two fixes', { done: ['Done', 'Closed'], wants: [0] }, 'Closed', 'Closed'],
  ['a field on every way', { done: ['Done', 'Closed'], wants: [0, 1] }, '? field', '? field'],
  ['capitals', { done: ['REJECTED', 'DONE'] }, 'DONE', 'DONE'],
  ['a curly apostrophe', { done: ['Won’t Do', 'Done'] }, 'Done', 'Won’t Do'],
  ['not done', { done: ['Not done', 'Done'] }, 'Done', 'Done'],
];

test.each(BY_HAND)('%s', (_, site, resolved, archived) => {
  expect({ resolved: planned(site, 'resolved'), archived: planned(site, 'archived') }).toEqual({ resolved, archived });
});

test('the rule decides in every one of them, where it names a status and a resolution that are there', () => {
  for (const [, site] of BY_HAND) {
    if (site.wants !== undefined || site.by !== undefined) continue;
    for (const given of site.done) {
      const { name } = nameOf(given);
      const resolution = site.resolutions?.at(-1);
      const aim = { status: name.toUpperCase(), ...(resolution === undefined ? {} : { resolution: nameOf(resolution).name }) };
      const end = resolution === undefined ? name : `${name} / ${nameOf(resolution).name}`;
      expect([planned(site, 'resolved', aim), planned(site, 'archived', aim)]).toEqual([end, end]);
    }
  }
});

const wordsOf = (lists: typeof FIXED_WORDS): { readonly language: string; readonly word: string }[] =>
  lists.flatMap(({ language, words }) => words.map((word) => ({ language, word })));

/** In each language: one word for a fix after one with another meaning, as statuses and as required resolutions. */
const GENERATED = FIXED_WORDS.flatMap(({ language, words: [fixed = ''] }) => {
  const other = OTHER_WORDS.find((one) => one.language === language)?.words[0];
  return other === undefined ? [] : [[language, other, fixed] as const];
});

describe('in each published language', () => {
  test.each(GENERATED)('%s: after "%s", a fix ends as "%s"', (_, other, fixed) => {
    expect(planned({ done: [other, fixed] }, 'resolved')).toBe(fixed);
    expect(planned(onClosed(other, fixed), 'resolved')).toBe(`Closed / ${fixed}`);
    expect(planned({ done: [other] }, 'resolved')).toBe(UNDECIDED);
    expect(planned({ done: ['Zeta'], by: [other] }, 'resolved')).toBe(UNDECIDED);
  });
});

const [fixedWord, otherWord] = [fc.constantFrom(...wordsOf(FIXED_WORDS)), fc.constantFrom(...wordsOf(OTHER_WORDS))];
const unknownWord = fc.constantFrom('Zeta', 'Omega', 'Kappa', 'Stage 7', 'Ω').map((word) => ({ language: '', word }));
const anyWord = fc.oneof(fixedWord, otherWord, unknownWord).map(({ word }) => word);
const sites = fc.record(
  {
    done: fc.uniqueArray(anyWord, { minLength: 1, maxLength: 5 }),
    by: fc.array(fc.oneof(anyWord, fc.constant(null)), { maxLength: 5 }),
    resolutions: fc.uniqueArray(anyWord, { minLength: 1, maxLength: 5 }),
    required: fc.boolean(),
    wants: fc.array(fc.nat(4), { maxLength: 2 }),
  },
  { requiredKeys: ['done'] },
);

test('whatever the workflow, a fix never ends in a published word with another meaning', () => {
  fc.assert(
    fc.property(sites, (site: Site) => {
      const [status, resolution] = planned(site, 'resolved').split(' / ');
      fc.pre(status !== undefined && !status.startsWith('?'));
      const transition = site.by?.[site.done.indexOf(status ?? '')];
      const names = [status, resolution, transition].filter((name) => typeof name === 'string');
      expect(names.map((name) => outcomeMeaning([name]).meaning)).not.toContain('other');
    }),
    { numRuns: 500 },
  );
});

test('where a published word says fixed and nothing is in the way, a fix ends, and the best word in order wins', () => {
  fc.assert(
    fc.property(fc.uniqueArray(anyWord, { minLength: 1, maxLength: 6 }), (done) => {
      const ranks = done.map((word) => outcomeMeaning([word]).rank);
      const best = Math.min(...ranks);
      fc.pre(best !== Infinity);
      expect(planned({ done }, 'resolved')).toBe(done[ranks.indexOf(best)]);
    }),
  );
});

const END_TO_END = BY_HAND.filter(([what]) =>
  [
    'Jira’s default',
    'accepted first',
    'Japanese',
    'two that say nothing',
    'a required one in German',
    'translated resolutions',
    'the fix hidden by a condition',
  ].includes(what),
);

test.each(END_TO_END)('on the simulated Jira: %s', async (_, { done, by = [], resolutions, required }, resolved, archived) => {
  const screen =
    resolutions === undefined
      ? null
      : ({ resolution: required === true ? 'required' : 'optional', resolutions: resolutions.map(resolutionOf) } as const);
  const jira = await startJiraSimulator({
    projects: [
      {
        key: 'SEC',
        workflow: {
          name: 'made by hand',
          statuses: [
            { id: '1', name: 'New', category: 'new' },
            ...done.map((given, at) => ({ id: String(at + 2), category: 'done' as const, ...nameOf(given) })),
          ],
          transitions: done.map((given, at): WorkflowTransition => {
            const { name } = nameOf(given);
            const hidden = by[at] === null ? { condition: 'assignee' as const } : {};
            return { id: String(at + 2), name: by[at] ?? name, from: 'any', to: name, screen, resolution: 'kept', ...hidden };
          }),
        },
      },
    ],
  });
  onTestFinished(() => jira.close());
  const tracker = trackerOf(jira);
  const ends: string[] = [];
  for (const outcome of ['resolved', 'archived'] as const) {
    const made = await tracker.create(readyIssue(), markerOf('default', outcome, ['finding'], 1), Number.POSITIVE_INFINITY);
    if (made.outcome !== 'confirmed') throw new Error(JSON.stringify(made));
    const closed = await tracker.close(made.issue, transitionTarget(doc(), { outcome }));
    const issue = jira.issues().find(({ id }) => id === made.issue.id);
    if (closed.outcome === 'failed') ends.push(CODES[closed.failure.code] ?? closed.failure.code);
    else ends.push(issue?.resolution === null ? issue.status : `${issue?.status} / ${issue?.resolution}`);
    expect(closed).not.toHaveProperty('endedAs');
  }
  expect(ends).toEqual([resolved, archived]);
});

function resolutionOf(given: string): string | { readonly name: string; readonly untranslatedName: string } {
  const { name, untranslatedName } = nameOf(given);
  return untranslatedName === undefined ? name : { name, untranslatedName };
}
