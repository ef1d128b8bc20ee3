import { Type, type Static } from 'typebox';
import { severityColour, stateColour } from '../colours.ts';
import { openContext, remark, showList, type OutputOptions } from '../command-context.ts';
import type { Column } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { agoWords } from '../time-words.ts';
import { watch, type WatchOptions } from '../watch.ts';

const Text = Type.String();
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

/** A finding with its issue, as far as tables show it. */
export const Mapping = Type.Object({
  findingId: Text,
  analyzerArn: Text,
  findingStatus: Text,
  resource: Text,
  resourceType: Text,
  accountId: Text,
  region: Text,
  severity: Text,
  ruleId: OrNull(Text),
  because: Text,
  state: Text,
  issue: OrNull(Type.Object({ key: Text, url: Text, status: OrNull(Text) })),
  error: OrNull(Type.Object({ code: Text, message: Text, words: OrNull(Text) })),
  group: Text,
  firstSeenAt: Text,
  updatedAt: Text,
});

export type Mapping = Static<typeof Mapping>;

/** Filters by the names of the API's fields. */
export type FindingFilters = Readonly<Record<string, string>>;

export interface FindingsOptions extends OutputOptions, WatchOptions {
  readonly limit: number;
}

/** Lists findings with their issues. */
export async function showFindings(terminal: Terminal, options: FindingsOptions, filters: FindingFilters): Promise<void> {
  const { api } = await openContext(terminal);
  await watch(terminal, options, async () => {
    const { items, hasMore } = await api.list(Mapping, 'api/v1/mappings', filters, options.limit);
    await showList(terminal, options, findingColumns(terminal.now()), items, 'No finding matches');
    if (hasMore) remark(terminal, `There are more: --limit ${options.limit * 10} shows them`);
  });
}

/** @param now epoch ms */
export function findingColumns(now: number): readonly Column<Mapping>[] {
  return [
    { name: 'state', title: 'STATE', of: ({ state }) => state, colour: ({ state }) => stateColour(state) },
    { name: 'severity', title: 'SEVERITY', of: ({ severity }) => severity, colour: ({ severity }) => severityColour(severity) },
    { name: 'issue.key', title: 'ISSUE', of: ({ issue }) => issue?.key ?? null },
    {
      name: 'resource',
      title: 'RESOURCE',
      of: ({ resource }) => resource,
      shown: ({ resource }) => resourceInArn(resource),
      cut: 'middle',
      room: 32,
    },
    { name: 'accountId', title: 'ACCOUNT', of: ({ accountId }) => accountId, drop: 3 },
    { name: 'region', title: 'REGION', of: ({ region }) => region, drop: 4 },
    {
      name: 'updatedAt',
      title: 'CHANGED',
      of: ({ updatedAt }) => updatedAt,
      shown: ({ updatedAt }) => agoWords(updatedAt, now),
      drop: 5,
    },
    { name: 'findingId', title: 'FINDING', of: ({ findingId }) => findingId },
    { name: 'because', title: null, of: ({ because }) => because },
    { name: 'ruleId', title: null, of: ({ ruleId }) => ruleId },
    { name: 'findingStatus', title: null, of: ({ findingStatus }) => findingStatus },
    { name: 'resourceType', title: null, of: ({ resourceType }) => resourceType },
    { name: 'issue.url', title: null, of: ({ issue }) => issue?.url ?? null },
    { name: 'issue.status', title: null, of: ({ issue }) => issue?.status ?? null },
    { name: 'error.code', title: null, of: ({ error }) => error?.code ?? null },
    { name: 'firstSeenAt', title: null, of: ({ firstSeenAt }) => firstSeenAt },
    { name: 'analyzerArn', title: null, of: ({ analyzerArn }) => analyzerArn },
    { name: 'group', title: null, of: ({ group }) => group },
  ];
}

/** What distinguishes a resource, without the parts that all ARNs have. */
export function resourceInArn(arn: string): string {
  return /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$/s.exec(arn)?.[1] ?? arn;
}
