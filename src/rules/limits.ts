import { Type, type Static } from 'typebox';
import { ProjectKey } from './rule-words.ts';

/**
 * How many issues may be opened within an hour. `backlog`: of findings that were there before, which a sweep, the end of observing or a
 * change of the rules brings up. `live`: of findings that an event brings up as they arise.
 */
export type OpeningKind = 'backlog' | 'live';

/** Where a limit counts: everything, one project, or one rule. */
export type LimitScope = 'all' | `project:${string}` | `rule:${string}`;

/** One limit that an opening has to meet. */
export interface OpeningLimit {
  readonly scope: LimitScope;
  /** Issues within any 60 minutes. */
  readonly perHour: number;
}

/** What applies where the rules file sets nothing. */
const DEFAULT_LIMITS = { backlogPerHour: 50, livePerHour: 200 } as const;

const PerHour = Type.Integer({ minimum: 0, maximum: 100_000, description: 'a whole number of issues from 0 to 100000' });

const perHour = { backlogPerHour: Type.Optional(PerHour), livePerHour: Type.Optional(PerHour) };

const Off = Type.Literal('off', { description: '"off"' });

/** Limits of one rule; `off`: no limit holds its findings back, not even those of all rules. */
export const RuleLimits = Type.Union(
  [Off, Type.Object(perHour, { additionalProperties: false, description: 'an object with backlogPerHour, livePerHour or both' })],
  { description: '"off", or an object with backlogPerHour, livePerHour or both' },
);
export type RuleLimits = Static<typeof RuleLimits>;

const ProjectLimits = Type.Object(perHour, {
  additionalProperties: false,
  description: 'an object with backlogPerHour, livePerHour or both',
});

/** Limits beside the rules: of everything, and of single projects. */
export const Limits = Type.Union(
  [
    Off,
    Type.Object(
      {
        ...perHour,
        projects: Type.Optional(
          Type.Unsafe<Readonly<Record<string, Static<typeof ProjectLimits>>>>(
            Type.Record(ProjectKey, ProjectLimits, {
              additionalProperties: false,
              propertyNames: ProjectKey,
              maxProperties: 1_000,
              description: 'an object of at most 1000 project keys, each with backlogPerHour, livePerHour or both',
            }),
          ),
        ),
      },
      { additionalProperties: false, description: 'an object with any of backlogPerHour, livePerHour and projects' },
    ),
  ],
  { description: '"off", or an object with any of backlogPerHour, livePerHour and projects' },
);
export type Limits = Static<typeof Limits>;

/**
 * The limits that an opening has to meet, all of them. Pure. Empty: none.
 * @param limits those beside the rules; undefined: none are set @param ofRule those of the rule
 */
export function openingLimits(
  limits: Limits | undefined,
  ofRule: RuleLimits | undefined,
  kind: OpeningKind,
  { projectKey, ruleId }: { readonly projectKey: string; readonly ruleId: string },
): readonly OpeningLimit[] {
  if (limits === 'off' || ofRule === 'off') return [];
  const name = kind === 'backlog' ? 'backlogPerHour' : 'livePerHour';
  const ofProject = limits?.projects !== undefined && Object.hasOwn(limits.projects, projectKey) ? limits.projects[projectKey] : undefined;
  const ofScope = (scope: LimitScope, perHour: number | undefined): readonly OpeningLimit[] =>
    perHour === undefined ? [] : [{ scope, perHour }];
  return [
    ...ofScope('all', limits?.[name] ?? DEFAULT_LIMITS[name]),
    ...ofScope(`project:${projectKey}`, ofProject?.[name]),
    ...ofScope(`rule:${ruleId}`, ofRule?.[name]),
  ];
}
