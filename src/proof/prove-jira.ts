import { getAssignedPermissionScheme } from '../jira/http/jira-js.ts';
import { Check } from 'typebox/value';
import { PermissionGrants } from '../jira/http/wire.ts';
import { neededPermissions } from '../jira/preflight/needed-permissions.ts';
import { checkCreate, newestNumber } from './check-create.ts';
import { checkEdits, removeMarker } from './check-edits.ts';
import { checkCreatorSearch, checkSearch } from './check-search.ts';
import { checkTransition } from './check-transition.ts';
import { JIRA_ASSUMPTIONS, type JiraAssumption } from './jira-assumptions.ts';
import { goOn, insisting, ProofStopped, type LiveProof, type LiveProofOptions, type TestIssue } from './live-proof.ts';
import type { Proof } from './proof.ts';
import { createProofNotes, type ProofNotes } from './proof-notes.ts';
import { recordCalls } from './recorded-calls.ts';
import { closeIssue, closeLeftOver, createTestIssue, readIssue } from './test-issue.ts';

/**
 * Creates one test issue, checks with it what the protocol rests on, and closes it, whatever has happened in between. Never deletes, and
 * never throws for an answer of Jira.
 */
export async function proveJira({ jira, ...options }: LiveProofOptions): Promise<Proof> {
  const calls = recordCalls(jira.calls);
  const notes = createProofNotes(JIRA_ASSUMPTIONS);
  const begun = { ...options, calls, parts: jira, notes };
  let issueKey: string | null = null;
  let stopped: string | null = null;
  try {
    const proof = { ...begun, accountId: await ready(begun) };
    await closeLeftOver(proof);
    await goOn(proof);
    const newestBefore = await newestNumber(proof);
    await goOn(proof);
    const made = await createTestIssue(proof, newestBefore);
    issueKey = made.issue.key;
    stopped = await checkAndClose(proof, made, newestBefore);
    if (stopped === null) await namePropertyWriters(proof);
  } catch (error) {
    if (!(error instanceof ProofStopped)) throw error;
    stopped ??= error.message;
  }
  judgeRateHeaders(notes, calls.recorded);
  return {
    of: 'jira',
    issueKey,
    stopped,
    isComplete: stopped === null && notes.isComplete(),
    observations: notes.observations(stopped ?? 'a check before it did not find what this one needs'),
  };
}

/** Everything that would make the create fail, or leave the issue open. @returns our account @throws ProofStopped */
async function ready(proof: Omit<LiveProof, 'accountId'>): Promise<string> {
  const { calls, parts, projectKey, issueType, say } = proof;
  await goOn(proof);
  const self = await parts.account.confirm();
  if (!self.ok) {
    say(self.failure.message);
    throw new ProofStopped(`Jira cannot be asked: ${self.failure.code}`);
  }
  const acquire = async (): Promise<boolean> => calls.governor.another().then(() => true);
  const visible = await parts.facts.visible(projectKey, acquire);
  if (visible !== 'yes') throw new ProofStopped(visible === 'archived' ? 'the project is archived' : noProject(visible));
  const lacking = await parts.facts.lacking(projectKey, acquire);
  if (lacking === null) throw new ProofStopped('Jira does not say which permissions the account has in the project');
  const needed = neededPermissions({ issue: { project: projectKey, issueType }, assignees: [] });
  const missing = needed.filter(({ name, severity }) => severity === 'error' && lacking.includes(name)).map(({ name }) => name);
  if (missing.length > 0) throw new ProofStopped(`the account lacks permissions in the project: ${missing.join(', ')}`);
  return self.accountId;
}

function noProject(visible: 'gone' | { readonly code: string } | null): string {
  return visible === 'gone' ? 'Jira knows no such project, or the account may not see it' : `the project cannot be read: ${visible?.code}`;
}

/** @returns why the checks ended early, or why the issue is still open; null: neither */
async function checkAndClose(proof: LiveProof, made: TestIssue, newestBefore: number | null): Promise<string | null> {
  let stopped: string | null = null;
  try {
    await checkAll(insisting(proof), made, newestBefore);
  } catch (error) {
    if (!(error instanceof ProofStopped)) throw error;
    stopped = error.message;
  } finally {
    const open = await close(proof, made);
    stopped = open ?? stopped;
  }
  return stopped;
}

async function checkAll(proof: LiveProof, made: TestIssue, newestBefore: number | null): Promise<void> {
  await checkCreate(proof, made, newestBefore);
  const hasLabels = made.tookLabels || !proof.notes.isDifferent('edit-off-screen');
  await checkSearch(proof, made, hasLabels, newestBefore);
  await checkEdits(proof, made);
  const isGone = await removeMarker(proof, made);
  if (proof.notes.isDifferent('search-lag')) proof.notes.unseen('creator-search', 'search did not find the issue at all');
  else if (isGone) await checkCreatorSearch(proof, made);
  await checkTransition(proof, made);
}

/**
 * Tries again as long as the issue gets nearer to its end: where Jira answers in another form, each try makes one hop.
 * @returns null: it is closed
 */
async function close(proof: LiveProof, { issue, draft }: TestIssue): Promise<string | null> {
  for (let status: string | undefined; ;) {
    const outcome = await closeIssue(proof, issue, draft.issueType, draft.projectKey);
    if (outcome.outcome !== 'failed') {
      proof.say(`Closed ${issue.key}`);
      return null;
    }
    await proof.calls.governor.another();
    const now = (await readIssue(proof, issue.id))?.status.name;
    if (now === undefined || now === status) {
      proof.say(`${issue.key} could not be closed: ${outcome.failure.message}. Close it by hand, or run the doctor again`);
      return `the test issue could not be closed: ${outcome.failure.code}`;
    }
    status = now;
  }
}

/** The doctor can't try as another account, but who holds the permission is half of the answer. */
async function namePropertyWriters(proof: LiveProof): Promise<void> {
  const { calls, notes, projectKey } = proof;
  await calls.governor.another();
  const answer = await calls.ask((client) => getAssignedPermissionScheme(client, { projectKeyOrId: projectKey, expand: 'permissions' }));
  const grants = answer.kind === 'http' && Check(PermissionGrants, answer.json) ? answer.json.permissions : [];
  const kinds = new Set(grants.flatMap(({ permission, holder }) => (permission === 'EDIT_ISSUES' ? [holder?.type ?? 'unknown'] : [])));
  const { unobservable } = JIRA_ASSUMPTIONS['property-writers'];
  const held = kinds.size === 0 ? 'its holders cannot be read' : `it is held by ${[...kinds].join(', ')}`;
  notes.unseen('property-writers', `${unobservable}; EDIT_ISSUES: ${held}`);
}

const LIMIT_HEADERS = ['x-ratelimit-limit', 'x-ratelimit-remaining'] as const;

function judgeRateHeaders(notes: ProofNotes<JiraAssumption>, recorded: ReturnType<typeof recordCalls>['recorded']): void {
  const answers = recorded.flatMap(({ answer }) => (answer.kind === 'http' ? [answer.headers] : []));
  const values = answers.flatMap((headers) => LIMIT_HEADERS.map((name) => headers[name])).filter((value) => value !== undefined);
  if (values.length === 0) return notes.unseen('rate-headers', `none of ${answers.length} answers has them`);
  const areNumbers = values.every((value) => /^\d+$/.test(value));
  notes.judge(
    'rate-headers',
    areNumbers,
    areNumbers ? `numbers, in ${values.length / LIMIT_HEADERS.length} of ${answers.length} answers` : 'no numbers',
  );
}
