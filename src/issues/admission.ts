import type { Severity } from '../findings/severity.ts';
import type { OpeningKind } from '../rules/limits.ts';

/** How the limits of openings see a group that has no issue yet. A group without one is live, and no limit has met it. */
export type Admission =
  /** Its finding was there before: a sweep, observing or other rules knew it. */
  | { readonly is: 'backlog' }
  /** It waits because too many issues have been opened within an hour. What it waits for is known without reading its findings. */
  | ({ readonly is: 'held' } & Opening)
  /** It has been counted and may be opened, now or later. */
  | { readonly is: 'admitted' };

/** An opening that limits apply to. */
export interface Opening {
  readonly kind: OpeningKind;
  /** The highest of its active findings. */
  readonly severity: Severity;
  /** When the oldest access of them began, as AWS says; epoch ms. */
  readonly since: number;
  readonly projectKey: string;
  readonly ruleId: string;
}

/** The kind of a group's opening. */
export function openingKind(admission: Admission | undefined): OpeningKind {
  const isBacklog = admission?.is === 'backlog' || (admission?.is === 'held' && admission.kind === 'backlog');
  return isBacklog ? 'backlog' : 'live';
}

/** A flood of these is not held back: each of them needs a person now. */
export function isUrgent({ kind, severity }: Pick<Opening, 'kind' | 'severity'>): boolean {
  return kind === 'live' && (severity === 'critical' || severity === 'high');
}
