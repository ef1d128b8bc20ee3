import { createIssue } from '../http/jira-js.ts';
import { Check } from 'typebox/value';
import { PROPERTY_KEY, type Marker } from '../../issues/marker.ts';
import type { CreateOutcome, ReadyIssue } from '../../pipeline/ports/issue-tracker.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { createVerdict } from '../http/outcome-table.ts';
import { sendingBy } from '../rate/sending-by.ts';
import { Created } from '../http/wire.ts';

/** One POST with the marker as a label, to find the issue, and as a property, to identify it. @param sendBy monotonic ms */
export async function createCall(calls: JiraCalls, ready: ReadyIssue, marker: Marker, sendBy: number): Promise<CreateOutcome> {
  const request = createRequest(ready, marker);
  const answer = await sendingBy(calls, sendBy).ask((client) => createIssue(client, request));
  if (answer.kind === 'http' && answer.status === 201 && Check(Created, answer.json)) {
    return { outcome: 'confirmed', issue: { id: answer.json.id, key: answer.json.key } };
  }
  return createVerdict(answer, calls.clock.now());
}

/** The body of that POST. */
export function createRequest(
  { fields, labels, takesLabels }: ReadyIssue,
  marker: Marker,
): { readonly fields: Record<string, unknown>; readonly properties: { readonly key: string; readonly value: unknown }[] } {
  return {
    fields: { ...fields, ...(takesLabels ? { labels: [...labels, marker.label] } : {}) },
    properties: [{ key: PROPERTY_KEY, value: marker.property }],
  };
}
