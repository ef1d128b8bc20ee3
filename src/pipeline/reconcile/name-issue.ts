import type { OwnIssue } from '../../issues/group-record.ts';
import { markerOf, type MarkerProperty } from '../../issues/marker.ts';
import { namedDigest } from '../../issues/written.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForTrust, waitUntil, type Round, type Settling } from './settling.ts';

/**
 * Has the property of the issue name the findings of its group. It is read before it is written, and may be sent again without harm, so that a crash
 * in between needs no record of its own.
 */
export async function nameIssue(settling: Settling, view: GroupView): Promise<Round> {
  const { group, issue, members } = view.record;
  if (issue === null) return 'again';
  if (!(await settling.trust.isTrusted())) return waitForTrust(settling, view);
  const permit = await settling.tracker.permit('update', issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  const failure = await settling.tracker.name(issue, propertyOf(settling.installation, view, issue)).finally(() => permit.release());
  const now = await readGroup(settling.store, settling.rules, group);
  const own = now?.record.issue ?? null;
  if (now === null || own?.id !== issue.id) return 'again';
  const digest = namedDigest(members);
  if (failure === null) {
    const { unnamed: _, ...rest } = own;
    await save(settling, now, { ...now.record, issue: { ...rest, named: digest } }, null);
    return 'again';
  }
  const { code, message, retry } = failure;
  const { next, retryInMs } = afterFailure(now.record, failure, now.now);
  // Nobody can mend that an issue which is closed, or was moved away, is not to be written to: it is no failure of the finding.
  const refused = { ...now.record, issue: { ...own, unnamed: { digest, until: now.now + retryInMs } } };
  const said = { what: 'failed', because: code, issueKey: issue.key } as const;
  if (await save(settling, now, retry.when === 'seldom' ? refused : next, said))
    settling.tell({ what: 'jira-failed', group, call: 'name', code, message, retryInMs });
  return 'again';
}

/** For an issue that has none. */
function propertyOf(installation: string, { record }: GroupView, { linked, written }: OwnIssue): MarkerProperty {
  const { property } = markerOf(installation, record.group, record.members, 1);
  return { ...property, ...(linked === true ? { linked } : {}), written: { ...written } };
}
