import { existsSync } from 'node:fs';
import { range } from '../support/findings/findings-by-number.ts';
import { until } from '../support/until.ts';
import type { Scenario, SoakResult } from './scenario.ts';
import { bucketEvent, memoryOf, openSweptService, wrongIn, type SweptService } from './swept-service.ts';

const MAX_FINDINGS = 20_000;
const FINDINGS_A_SECOND = 200;
const CALLS_A_SECOND = 500;
const DONE_MS = 3_600_000;
/** Every so-many-th finding begins, or ends, without an event before the second sweep. */
const LOST_EVERY = 100;
/** What a sweep may add to the process, MB. */
const MAX_ADDED_MB = 100;
/** The service is killed when the second sweep has listed these parts of the findings. */
const KILLED_AT = [0.2, 0.5, 0.8];
/** Rows that AWS gives at once. */
const PAGE = 100;

/** Sweeps 20,000 findings with their 20,000 issues, is killed three times on the way, and measures memory. */
export const MANY_FINDINGS: Scenario = {
  name: 'many-findings',
  missing: existsSync('/proc/self/status') ? null : 'a system that tells the memory of a process',
  play: (seconds) => sweepMany(Math.min(MAX_FINDINGS, seconds * FINDINGS_A_SECOND)),
};

async function sweepMany(count: number): Promise<SoakResult> {
  const service = await openSweptService(CALLS_A_SECOND);
  const { aws, jira, replica } = service;
  try {
    const later = range(count).filter((n) => n % LOST_EVERY === 0);
    const ended = range(count).filter((n) => n % LOST_EVERY === 1);
    for (const n of range(count)) if (n % LOST_EVERY !== 0) aws.follow(bucketEvent(n, 1, 'ACTIVE'));
    await service.sweepEnds(await service.startSweep(), DONE_MS);
    await until(() => jira.issues().length === count - later.length, 'every finding has its issue', DONE_MS);
    await service.untilQuiet(DONE_MS);

    await replica.kill(null);
    await service.ready();
    await service.untilQuiet(DONE_MS);
    const idleMb = memoryNow(service).nowMb;
    await service.sweepEnds(await service.startSweep(), DONE_MS);
    const wholeMb = memoryNow(service).mostMb;

    for (const n of later) aws.follow(bucketEvent(n, 2, 'ACTIVE'));
    for (const n of ended) aws.follow(bucketEvent(n, 2, 'RESOLVED'));
    const begun = aws.history().length;
    const pages = (): number =>
      aws
        .history()
        .slice(begun)
        .filter(({ operation: call }) => call === 'ListFindings').length;
    const operation = await service.startSweep();
    let mostMb = wholeMb;
    for (const part of KILLED_AT) {
      await until(() => pages() >= Math.ceil((part * count) / PAGE), 'the sweep has come so far', DONE_MS);
      mostMb = Math.max(mostMb, memoryNow(service).mostMb);
      await replica.kill(null);
      await service.ready();
    }
    await service.sweepEnds(operation, DONE_MS);
    mostMb = Math.max(mostMb, memoryNow(service).mostMb);
    await service.untilQuiet(DONE_MS);
    const wrong = wrongIn(
      service,
      range(count).map((n) => ({ n, active: !ended.includes(n) })),
    );
    const addedMb = mostMb - idleMb;
    return {
      figures: {
        'findings, issues': `${count}, ${jira.issues().length}`,
        'memory after the start': `${idleMb} MB`,
        'at most in a whole sweep': `${wholeMb} MB`,
        'at most in a sweep killed three times': `${mostMb} MB`,
        'pages listed with the kills': String(pages()),
      },
      violations: [
        ...wrong.map(({ rule, what }) => `${rule}: ${what}`),
        ...(addedMb < MAX_ADDED_MB ? [] : [`sweeps added ${addedMb} MB to the process`]),
      ],
      late: [],
    };
  } finally {
    await service.close();
  }
}

function memoryNow({ replica }: SweptService): ReturnType<typeof memoryOf> {
  return memoryOf(replica.pid() ?? 0);
}
