import type { Finding } from '../../src/findings/finding.ts';
import type { CompiledRules } from '../../src/rules/parse-rules.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { rulesOf } from '../support/service/service-parts.ts';
import { goldenFinding } from './finding-of.ts';

const MATCH = { source: ['aws.access-analyzer'] };

/** A rule that sends everything to Jira. */
export function ruleFor(issue: object = {}, more: object = {}): object {
  return { id: 'everything', match: MATCH, action: 'issue', issue: { project: 'SEC', issueType: 'Task', ...issue }, ...more };
}

export const IGNORING = { id: 'nothing', match: MATCH, action: 'ignore' };

export function rulesFor(...rules: readonly object[]): CompiledRules {
  return rulesOf(rules);
}

/** The n-th finding as of a minute of its life. @param detail in AWS's words */
export function at(n: number, minute: number, detail: object = {}): Finding {
  const time = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  return goldenFinding(
    externalEvent({ time, detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}`, updatedAt: time, ...detail } }),
  );
}

export const RESOLVED = { status: 'RESOLVED' };

/** A finding of one bucket on a day of March. */
export function onDay(id: string, born: number, day: number, detail: object = {}): Finding {
  const time = (n: number): string => new Date(Date.UTC(2026, 2, n)).toISOString();
  return goldenFinding(externalEvent({ time: time(day), detail: { id, createdAt: time(born), updatedAt: time(day), ...detail } }));
}

/** Open to one account, so that the texts differ. */
export function openTo(account: number): object {
  return { isPublic: false, principal: { AWS: String(account) } };
}
