import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { DeadLetterQueue } from '../../src/pipeline/ports/dead-letter-queue.ts';
import type { AwsAccess } from '../../src/pipeline/ports/aws-access.ts';
import type { Enricher } from '../../src/pipeline/ports/enricher.ts';
import type { Part } from '../../src/pipeline/ports/part.ts';
import type { PartRoute } from '../../src/pipeline/ports/part-route.ts';
import type { AdaptiveRateLimiter } from '../../src/pipeline/ports/rate-limiter.ts';
import type { AccountsSource } from '../../src/pipeline/ports/accounts-source.ts';
import type { AnalyzerSource } from '../../src/pipeline/ports/analyzer-source.ts';
import type { DetailsSource } from '../../src/pipeline/ports/details-source.ts';
import type { Diagnose } from '../../src/pipeline/ports/doctor-check.ts';
import type { IssueTracker } from '../../src/pipeline/ports/issue-tracker.ts';
import type { Preflight } from '../../src/pipeline/ports/preflight.ts';
import type { RateLease } from '../../src/pipeline/ports/rate-lease.ts';
import type { ReconcileQueue } from '../../src/pipeline/ports/reconcile-queue.ts';
import type { RulesSource } from '../../src/pipeline/ports/rules-source.ts';
import type { Emit } from '../../src/pipeline/ports/service-event.ts';
import type { CheckStart } from '../../src/pipeline/ports/start-check.ts';
import type { StoreTrust } from '../../src/pipeline/ports/store-trust.ts';
import type { Store } from '../../src/pipeline/ports/store.ts';
import type { TrackerAccess } from '../../src/pipeline/ports/tracker-access.ts';
import type { RulesExport } from '../../src/pipeline/rulebook/rules-export.ts';
import { codesIn, COLLECTIONS, filesUnder, ROOT, rowsUnder, sorted, textOf } from '../support/docs/read-docs.ts';

const WHY = textOf('docs/why-each-part.md');

type Ports = {
  AccountsSource: AccountsSource;
  AdaptiveRateLimiter: AdaptiveRateLimiter;
  AnalyzerSource: AnalyzerSource;
  AwsAccess: AwsAccess;
  CheckStart: CheckStart;
  Clock: Clock;
  DeadLetterQueue: DeadLetterQueue;
  DetailsSource: DetailsSource;
  Diagnose: Diagnose;
  Emit: Emit;
  Enricher: Enricher;
  IssueTracker: IssueTracker;
  Part: Part;
  PartRoute: PartRoute;
  Preflight: Preflight;
  RateLease: RateLease;
  ReconcileQueue: ReconcileQueue;
  RulesExport: RulesExport;
  RulesSource: RulesSource;
  Store: Store;
  StoreTrust: StoreTrust;
  TrackerAccess: TrackerAccess;
};
const PORTS = Object.keys({
  AccountsSource: 0,
  AdaptiveRateLimiter: 0,
  AnalyzerSource: 0,
  AwsAccess: 0,
  CheckStart: 0,
  Clock: 0,
  DeadLetterQueue: 0,
  DetailsSource: 0,
  Diagnose: 0,
  Emit: 0,
  Enricher: 0,
  IssueTracker: 0,
  Part: 0,
  PartRoute: 0,
  Preflight: 0,
  RateLease: 0,
  ReconcileQueue: 0,
  RulesExport: 0,
  RulesSource: 0,
  Store: 0,
  StoreTrust: 0,
  TrackerAccess: 0,
} satisfies Record<keyof Ports, 0>);

/** Files beside the ports that declare none. */
const NO_PORTS = [
  'store-memory.ts',
  'issue-ref.ts',
  'operation-kind.ts',
  'setting-refused.ts',
  'tracker-call.ts',
  'tracker-transition.ts',
  'unreadable-document.ts',
];

describe('docs/why-each-part.md', () => {
  const packages = [packageJson.dependencies, packageJson.devDependencies, packageJson.optionalDependencies].flatMap((names) =>
    Object.keys(names),
  );

  test.each([
    ['port', 'Ports', PORTS],
    ['collection', 'Collections', COLLECTIONS],
    ['environment variable', 'Environment variables', ENVIRONMENT_VARIABLES.map(({ name }) => name)],
    ['dependency', 'Dependencies', packages],
  ])('says of every %s why it is there, and of no other', (_what, heading, known) => {
    const rows = rowsUnder(WHY, heading);
    expect(known.length).toBeGreaterThan(1);
    expect(sorted(rows.flatMap(([name]) => codesIn(name)))).toEqual(sorted(known));
    expect(rows.filter((row) => (row.at(-1) ?? '').length < 5)).toEqual([]);
  });

  test('knows the port of every file among the ports, and where it is implemented', () => {
    const files = filesUnder('src/pipeline/ports').filter((file) => !NO_PORTS.includes(basename(file)));
    const declares = (file: string, port: string): boolean => new RegExp(`^export (?:interface|type) ${port}\\b`, 'm').test(textOf(file));
    expect(files.filter((file) => !PORTS.some((port) => declares(file, port)))).toEqual([]);
    const places = rowsUnder(WHY, 'Ports').flatMap(([, where]) => codesIn(where));
    expect(places.length).toBeGreaterThanOrEqual(PORTS.length);
    expect(places.filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
  });
});
