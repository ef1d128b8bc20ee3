import { createIssue } from 'jira.js/cloud';
import { Check } from 'typebox/value';
import { PROPERTY_KEY, type Marker } from '../issues/marker.ts';
import type { IssueDraft } from '../issues/issue-draft.ts';
import type { CreateOutcome } from '../pipeline/issue-tracker.ts';
import type { JiraCalls } from './jira-calls.ts';
import { createVerdict } from './outcome-table.ts';
import { Created } from './wire.ts';

/** One POST with the marker both ways: the label to find it, the property to know it. @param sendBy monotonic ms */
export async function createCall({ ask, clock }: JiraCalls, draft: IssueDraft, marker: Marker, sendBy: number): Promise<CreateOutcome> {
  const request = { fields: fieldsOf(draft, marker), properties: [{ key: PROPERTY_KEY, value: marker.property }] };
  if (clock.monotonic() > sendBy) return tooLate();
  const answer = await ask((client) => createIssue(client, request));
  if (answer.kind === 'http' && answer.status === 201 && Check(Created, answer.json)) {
    return { outcome: 'confirmed', issue: { id: answer.json.id, key: answer.json.key } };
  }
  return createVerdict(answer, clock.now());
}

function fieldsOf(draft: IssueDraft, marker: Marker): Record<string, unknown> {
  return { ...createFields(draft), labels: [...draft.labels, marker.label] };
}

/** A draft as Jira takes it, without its labels. */
export function createFields(draft: IssueDraft): Readonly<Record<string, unknown>> {
  return {
    project: { key: draft.projectKey },
    issuetype: { name: draft.issueType },
    summary: draft.summary,
    description: draft.description,
    ...(draft.priority === null ? {} : { priority: { name: draft.priority } }),
    ...(draft.dueDate === null ? {} : { duedate: draft.dueDate }),
  };
}

function tooLate(): CreateOutcome {
  const message = 'The claim was too old to send with: the process was held up';
  return { outcome: 'not-sent', failure: { code: 'claim-too-old', message, words: null, retry: { when: 'backoff' } } };
}
