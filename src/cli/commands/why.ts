import { Type, type Static } from 'typebox';
import type { Api } from '../api-client.ts';
import { stateColour } from '../colours.ts';
import { openContext, showValue, type OutputOptions } from '../command-context.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { safeText } from '../safe-text.ts';
import { paint } from '../table.ts';
import type { Output, Terminal } from '../terminal.ts';
import { agoWords } from '../time-words.ts';
import { Mapping } from './findings.ts';

const Text = Type.String();
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const WithHistory = Type.Object({
  ...Mapping.properties,
  history: Type.Array(
    Type.Object({
      at: Text,
      what: Text,
      because: Text,
      issueKey: OrNull(Text),
      calls: Type.Optional(Type.Array(Type.Object({ operation: Text, result: Text, requestId: OrNull(Text) }))),
    }),
  ),
});

const Evaluated = Type.Object({
  decision: Type.Object({ action: Text, because: Text, ruleId: OrNull(Text) }),
  trace: Type.Array(
    Type.Object({
      ruleId: Text,
      matched: Type.Boolean(),
      mismatches: Type.Array(Type.Object({ path: Text, wanted: Text, found: Text })),
    }),
  ),
  outcome: Type.Object({ step: Text, because: Text, until: OrNull(Text), notes: Type.Array(Text) }),
  facts: Type.Object({
    changed: Type.Optional(Type.Object({ principal: Text, role: OrNull(Text), session: OrNull(Text), action: Text, at: Text, by: Text })),
  }),
  owner: OrNull(Type.Object({ name: Text, source: Text, from: Text })),
});

const Caller = Type.Object({ role: Text });

const Act = Type.Object({
  at: Text,
  actor: Text,
  action: Text,
  target: Text,
  before: Type.Unknown(),
  after: Type.Unknown(),
  requestId: Text,
});

export interface WhyOptions extends OutputOptions {
  readonly analyzerArn?: string;
}

/** Rules above the one that decides, of which there may be thousands. */
const MAX_RULES = 20;

/** What the audit says of one target, the newest. */
const MAX_ACTS = 100;

/** A key of Jira, which no id of a finding looks like. */
const ISSUE_KEY = /^[A-Z][A-Z0-9_]*-[1-9]\d*$/;

/** Explains one finding: its state, its history, and what the current rules do with it. */
export async function explainFinding(terminal: Terminal, id: string, options: WhyOptions): Promise<void> {
  const { api } = await openContext(terminal);
  const one = ISSUE_KEY.test(id) ? await findingOf(api, id) : { findingId: id, analyzerArn: options.analyzerArn };
  const mapping = await api.read(WithHistory, `api/v1/mappings/${encodeURIComponent(one.findingId)}`, { analyzerArn: one.analyzerArn });
  const { findingId, analyzerArn } = mapping;
  const evaluation = await api.send(Evaluated, 'POST', 'api/v1/rules/evaluate', { body: { json: { findingId, analyzerArn } } });
  const audit = await actsOn(api, mapping);
  if (options.output !== 'table') return showValue(terminal, options.output, { mapping, evaluation, audit });
  const now = terminal.now();
  const parts = [
    [...summaryLines(mapping, now, terminal.out), ...factLines(evaluation, now)],
    historyLines(mapping, now),
    ...(audit === null || audit.length === 0 ? [] : [auditLines(audit)]),
    ruleLines(evaluation),
    nextLines(evaluation, now),
  ];
  terminal.out.write(`${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

async function findingOf(api: Api, issueKey: string): Promise<{ readonly findingId: string; readonly analyzerArn: string }> {
  const { items } = await api.list(Mapping, 'api/v1/mappings', { issueKey }, 10);
  const [first, ...others] = items;
  if (first === undefined)
    throw new CommandFailed(EXIT.failed, `No finding has the issue ${issueKey}\nWhat to do: check the key; f2j findings lists findings`);
  if (others.length === 0) return first;
  const ids = items.map(({ findingId, resource }) => `  ${findingId}  ${resource}`);
  throw new CommandFailed(EXIT.failed, [`Several findings share the issue ${issueKey}; name one of them:`, ...ids].join('\n'));
}

/** What the audit says of a finding, the oldest first; null: only admins may read it. */
async function actsOn(api: Api, { findingId, group }: Static<typeof WithHistory>): Promise<readonly Static<typeof Act>[] | null> {
  const { role } = await api.read(Caller, 'api/v1/me');
  if (role !== 'admin') return null;
  const [ofFinding, ofGroup] = await Promise.all([findingId, group].map((target) => api.list(Act, 'api/v1/audit', { target }, MAX_ACTS)));
  // The audit names a finding by its id alone, which several analyzers may use: the group tells them apart.
  const own = (ofFinding?.items ?? []).filter(({ before, after }) => groupIn(after) === group || groupIn(before) === group);
  return [...own, ...(ofGroup?.items ?? [])].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function groupIn(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'group' in state ? state.group : null;
}

function factLines({ facts: { changed }, owner }: Static<typeof Evaluated>, now: number): readonly string[] {
  const lines: string[] = [];
  if (owner !== null) lines.push(`Owner     ${safeText(`${owner.name} (${owner.source}: ${owner.from})`)}`);
  if (changed !== undefined) {
    const { principal, role, session, action, at, by } = changed;
    const who = [
      principal,
      ...(role === null ? [] : [`role ${role}`]),
      ...(session === null || session === principal ? [] : [`session ${session}`]),
    ];
    lines.push(`Changed   ${safeText(`${[...who, action, by].join(', ')}, ${agoWords(at, now)}`)}`);
  }
  return lines;
}

function auditLines(audit: readonly Static<typeof Act>[]): readonly string[] {
  return [
    'Audit',
    ...audit.map(({ at, actor, action, requestId }) => `  ${safeText(`${at}  ${action} by ${actor} (request ${requestId})`)}`),
  ];
}

function summaryLines(mapping: Static<typeof WithHistory>, now: number, out: Output): readonly string[] {
  const { state, because, severity, findingStatus, issue, error, ruleId, updatedAt } = mapping;
  const rows: readonly (readonly [string, string | null])[] = [
    ['Finding', `${mapping.findingId} (${findingStatus}, ${severity})`],
    ['Resource', `${mapping.resource} (${mapping.resourceType})`],
    ['Analyzer', mapping.analyzerArn],
    ['State', `${state}: ${because}, ${agoWords(updatedAt, now)}`],
    ['Rule', ruleId],
    ['Issue', issue === null ? null : `${issue.key}${issue.status === null ? '' : ` (${issue.status})`} ${issue.url}`],
    ['Failure', error === null ? null : `${error.message} (${error.code})`],
    ['Jira said', error?.words ?? null],
  ];
  return rows.flatMap(([name, value]) => {
    if (value === null) return [];
    const text = safeText(value);
    return [`${name.padEnd(10)}${name === 'State' ? paint(text, stateColour(state), out) : text}`];
  });
}

function historyLines({ history }: Static<typeof WithHistory>, now: number): readonly string[] {
  const lines = history.flatMap(({ at, what, because, issueKey, calls = [] }) => [
    `  ${at}  ${agoWords(at, now).padEnd(10)}  ${safeText(`${what}: ${because}`)}${issueKey === null ? '' : ` (${safeText(issueKey)})`}`,
    ...calls.map(({ operation, result }) => `    ${safeText(`${operation} answered ${result}`)}`),
  ]);
  return ['History', ...(lines.length === 0 ? ['  none is kept'] : lines)];
}

function ruleLines({ decision, trace }: Static<typeof Evaluated>): readonly string[] {
  const { action, because, ruleId } = decision;
  const shown = trace.slice(-MAX_RULES);
  const lines = shown.flatMap(({ ruleId, matched, mismatches }) => [
    `  ${matched ? '✓' : '✗'} ${safeText(ruleId)}`,
    ...mismatches.map(({ path, wanted, found }) => `      ${safeText(`${path}: wanted ${wanted}, found ${found}`)}`),
  ]);
  return [
    `The current rules say: ${safeText(`${action}${ruleId === null ? '' : ` by ${ruleId}`} (${because})`)}`,
    ...(trace.length > shown.length ? [`  … ${trace.length - shown.length} rules above do not match`] : []),
    ...lines,
  ];
}

function nextLines({ outcome }: Static<typeof Evaluated>, now: number): readonly string[] {
  const until = outcome.until === null ? '' : `, ${agoWords(outcome.until, now)}`;
  return [
    `Next step: ${safeText(outcome.step)} (${safeText(outcome.because)})${until}`,
    ...outcome.notes.map((note) => `  ${safeText(note)}`),
  ];
}
