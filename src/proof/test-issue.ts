import { COMMON_LABEL, markerOf, PROPERTY_KEY } from '../issues/marker.ts';
import type { IssueDraft } from '../issues/issue-draft.ts';
import { doc, paragraph, text, type AdfDocument } from '../issues/text/adf.ts';
import { prepareCall } from '../jira/fields/prepare-call.ts';
import { createCall } from '../jira/issue/create-call.ts';
import { lookupCall, readCall } from '../jira/issue/search-call.ts';
import { transitionCall } from '../jira/transition/transition-call.ts';
import type { FoundIssue } from '../pipeline/ports/issue-tracker.ts';
import type { TransitionOutcome } from '../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../pipeline/ports/issue-ref.ts';
import { ProofStopped, readUntil, type LiveProof, type TestIssue } from './live-proof.ts';
import { statusOf } from './recorded-calls.ts';

/** On every test issue, and never removed: the next run finds by it what a killed run has left open. */
const DOCTOR_LABEL = 'findings-to-jira-doctor';

/** Begins the installation in the marker of every test issue. A service takes an issue of another installation for a foreign one. */
const DOCTOR_INSTALLATION = 'doctor-';

/** The create is sent so soon after its claim, ms; the doctor has no claim, and the call wants a bound. */
const SEND_WITHIN_MS = 60_000;

/** How far back a search for new issues without our label reaches, ms. */
export const MADE_WITHIN_MS = 3_600_000;

/** Sends the one create of a proof. An answer that may hide an issue is followed by lookups, never by another create. @throws ProofStopped */
export async function createTestIssue(proof: LiveProof, newestBefore: number | null): Promise<TestIssue> {
  const { calls, parts, notes, say, projectKey, issueType, fields, run } = proof;
  const draft: IssueDraft = {
    projectKey,
    issueType,
    summary: 'Test issue of findings-to-jira, which closes it at once',
    description: words('npm run doctor made this issue to check what findings-to-jira takes for granted of Jira. It is closed by itself.'),
    labels: [COMMON_LABEL, DOCTOR_LABEL],
    severity: 'low',
    priority: null,
    dueDate: null,
    components: [],
    securityLevel: null,
    parent: null,
    assignee: null,
    fallbackAssignee: null,
    team: null,
    fields,
    filled: [],
  };
  const acquire = async (): Promise<boolean> => calls.governor.another().then(() => true);
  const prepared = await prepareCall({ ...parts, acquire }, draft, true);
  if (!prepared.ok) {
    say(prepared.failure.message);
    throw new ProofStopped(`the issue cannot be created: ${prepared.failure.code}`);
  }
  const marker = markerOf(`${DOCTOR_INSTALLATION}${run}`, run, [], 1);
  await calls.governor.another();
  const { result, heard } = await calls.during(() => createCall(calls, prepared.ready, marker, calls.clock.monotonic() + SEND_WITHIN_MS));
  const status = statusOf(heard.at(-1)?.answer);
  const made = { draft, marker, tookLabels: prepared.ready.takesLabels, createdAt: calls.clock.monotonic() };
  if (result.outcome === 'confirmed') {
    say(`Created ${result.issue.key}`);
    notes.judge('create-answer', true, `${status} with id and key`);
    return { ...made, issue: result.issue };
  }
  if (result.outcome === 'uncertain' && heard.at(-1)?.answer.kind === 'http') notes.judge('create-answer', false, status);
  else notes.broke('create-answer', result.failure.code);
  say(`${result.failure.message}${result.failure.words === null ? '' : `: ${result.failure.words}`}`);
  const issue = result.outcome === 'uncertain' ? await findUncertainIssue(proof, marker.label, newestBefore) : null;
  if (issue === null) throw new ProofStopped(`no issue was created: ${result.failure.code}`);
  say(`Created ${issue.key}, although the answer does not say so`);
  return { ...made, issue };
}

async function findUncertainIssue(proof: LiveProof, label: string, newestBefore: number | null): Promise<IssueRef | null> {
  const { calls, parts, projectKey, bounds } = proof;
  const near = newestBefore === null ? null : { projectKey, after: newestBefore };
  const { last } = await readUntil(
    proof,
    () => lookupCall(calls, parts.account, { label, controls: [], near, madeWithinMs: MADE_WITHIN_MS }),
    ({ found }) => found.some((one) => one.createdByUs && one.labels.includes(label)),
    bounds.searchMs,
  );
  return last.found.find((one) => one.createdByUs && one.labels.includes(label))?.issue ?? null;
}

/** Closes the test issues that killed runs have left open, and only issues that the doctor itself has created. */
export async function closeLeftOver(proof: Pick<LiveProof, 'calls' | 'parts' | 'say'>): Promise<void> {
  const { calls, parts, say } = proof;
  await calls.governor.another();
  const question = { label: DOCTOR_LABEL, controls: [], near: null, madeWithinMs: 60_000 };
  const { found } = await lookupCall(calls, parts.account, question);
  for (const one of found.filter(isLeftOver)) {
    const outcome = await closeIssue(proof, one.issue, one.issueType, one.projectKey);
    const told = outcome.outcome === 'failed' ? `is still open (${outcome.failure.code}); close it by hand` : 'is closed now';
    say(`${one.issue.key}, which an earlier run has left open, ${told}`);
  }
}

function isLeftOver({ createdByUs, labels, property, tombstone, status }: FoundIssue): boolean {
  const installation = property?.installation ?? tombstone?.installation ?? DOCTOR_INSTALLATION;
  return createdByUs && labels.includes(DOCTOR_LABEL) && installation.startsWith(DOCTOR_INSTALLATION) && status.category !== 'done';
}

/** Closes a test issue if it is open, with the call of the service. It is read first, and never deleted. */
export async function closeIssue(
  { calls, parts }: Pick<LiveProof, 'calls' | 'parts'>,
  issue: IssueRef,
  issueType: string,
  projectKey: string,
): Promise<TransitionOutcome> {
  await calls.governor.another();
  return transitionCall(calls, parts.account, parts.maps, 'closed', issue, {
    projectKey,
    issueType,
    from: null,
    sendBy: Infinity,
    readFirst: true,
    comment: CLOSING_COMMENT,
    aim: null,
    explore: true,
    outcome: 'unmonitored',
    closeStandsSince: null,
  });
}

export const CLOSING_WORDS = 'The check of findings-to-jira is over.';
const CLOSING_COMMENT = words(CLOSING_WORDS);

export function words(value: string): AdfDocument {
  return doc(paragraph(text(value)));
}

/** The issue as the service reads it. */
export async function readIssue({ calls, parts }: Pick<LiveProof, 'calls' | 'parts'>, idOrKey: string): Promise<FoundIssue | null> {
  const read = await readCall(calls, parts.account, idOrKey);
  return read.ok ? read.found : null;
}

/** Our property among the properties in an answer. */
export function propertyIn(properties: Readonly<Record<string, unknown>> | undefined): unknown {
  return properties?.[PROPERTY_KEY];
}
