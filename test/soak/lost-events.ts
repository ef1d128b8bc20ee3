import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { range } from '../support/findings/findings-by-number.ts';
import type { Violation } from '../chaos/checker.ts';
import type { Scenario, SoakResult } from './scenario.ts';
import { bucketEvent, openSweptService, wrongIn, type SweptService } from './swept-service.ts';

const MAX_FINDINGS = 5_000;
const FINDINGS_A_SECOND = 50;
const LOST = 0.05;
const ANALYZERS = ['Company', 'Payments', 'Research'];
const CALLS_A_SECOND = 400;
const DONE_MS = 1_800_000;
/** Messages that are sent at once. */
const AT_ONCE = 20;

/** Loses 5 % of the events of 5,000 findings, half of which end, and shows what one sweep makes good. */
export const LOST_EVENTS: Scenario = {
  name: 'lost-events',
  missing: null,
  play: (seconds) => loseEvents(Math.min(MAX_FINDINGS, seconds * FINDINGS_A_SECOND)),
};

async function loseEvents(count: number): Promise<SoakResult> {
  const random = seededRandom(1);
  const draw = range(count).map((n) => ({
    n,
    analyzer: ANALYZERS[n % ANALYZERS.length] ?? '',
    active: random() < 0.5,
    lostFirst: random() < LOST,
    lostEnd: random() < LOST,
  }));
  const ended = draw.filter(({ active }) => !active);
  const service = await openSweptService(CALLS_A_SECOND);
  const { aws, jira } = service;
  try {
    for (const { n, analyzer } of draw) aws.follow(bucketEvent(n, 1, 'ACTIVE', analyzer));
    await sendAll(
      service,
      draw.filter(({ lostFirst }) => !lostFirst).map(({ n, analyzer }) => bucketEvent(n, 1, 'ACTIVE', analyzer)),
    );
    await service.untilQuiet(DONE_MS);
    for (const { n, analyzer } of ended) aws.follow(bucketEvent(n, 2, 'RESOLVED', analyzer));
    await sendAll(
      service,
      ended.filter(({ lostEnd }) => !lostEnd).map(({ n, analyzer }) => bucketEvent(n, 2, 'RESOLVED', analyzer)),
    );
    await service.untilQuiet(DONE_MS);
    const before = wrongIn(service, draw);
    const [askedAws, askedJira] = [aws.history().length, jira.history().length];
    const began = performance.now();
    await service.sweepEnds(await service.startSweep(), DONE_MS);
    await service.untilQuiet(DONE_MS);
    const tookMs = performance.now() - began;
    const after = wrongIn(service, draw);
    const lost = { first: draw.filter(({ lostFirst, active }) => lostFirst && active), end: ended.filter(({ lostEnd }) => lostEnd) };
    const both = ANALYZERS.filter((name) => [lost.first, lost.end].every((one) => one.some(({ analyzer }) => analyzer === name)));
    return {
      figures: {
        findings: String(count),
        'ACTIVE events lost': String(draw.filter(({ lostFirst }) => lostFirst).length),
        'RESOLVED events lost': String(lost.end.length),
        'missing, wrongly open, duplicates before': told(before),
        'and after one sweep': told(after),
        took: `${(tookMs / 1_000).toFixed(1)} s`,
        ...callsOf('AWS', aws.history().slice(askedAws)),
        ...callsOf('Jira', jira.history().slice(askedJira)),
      },
      violations: [
        ...after.map(({ rule, what }) => `${rule}: ${what}`),
        ...(both.length > 0 ? [] : ['no analyzer lost both an ACTIVE and a RESOLVED event: nothing is shown']),
        ...(before.length > 0 ? [] : ['nothing was wrong before the sweep: nothing is shown']),
      ],
      late: [],
    };
  } finally {
    await service.close();
  }
}

async function sendAll({ sqs }: SweptService, events: readonly object[]): Promise<void> {
  for (let at = 0; at < events.length; at += AT_ONCE)
    await Promise.all(events.slice(at, at + AT_ONCE).map((event) => sqs.send(JSON.stringify(event))));
}

function told(violations: readonly Violation[]): string {
  const count = (rule: Violation['rule']): number => violations.filter((one) => one.rule === rule).length;
  return `${count('lost')}, ${count('wrong-status')}, ${count('duplicate')}`;
}

function callsOf(to: string, history: readonly { readonly operation: string }[]): Record<string, string> {
  const calls = [...Map.groupBy(history, ({ operation }) => operation)].map(([operation, all]): [string, string] => [
    `${to}: ${operation}`,
    String(all.length),
  ]);
  return Object.fromEntries(calls.toSorted(([a], [b]) => a.localeCompare(b)));
}
