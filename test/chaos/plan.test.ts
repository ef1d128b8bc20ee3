import { describe, expect, test } from 'vitest';
import { parseCrash } from '../support/service/crash-points.ts';
import { readMessage } from '../../src/intake/read-message.ts';
import { expectedIssues, newestOf } from './finding-history.ts';
import { planRun, planWords, type Plan, type PlanOptions } from './plan.ts';

const SEEDS = Array.from({ length: 200 }, (_, n) => n + 1);

function plan(seed: number, changes: Partial<PlanOptions> = {}): Plan {
  return planRun({ seed, store: 'redis', findings: 20, blows: 8, lengthMs: 20_000, mostLagMs: 20_000, callsPerSecond: 50, ...changes });
}

describe('a plan', () => {
  test('is the same for the same seed, and differs for another', () => {
    expect(plan(7)).toEqual(plan(7));
    expect(planWords(plan(7))).not.toEqual(planWords(plan(8)));
  });

  test('covers everything over many seeds: all kinds of blows, repetitions, disorder, late and early ends', () => {
    const plans = SEEDS.map((seed) => plan(seed));
    const kinds = new Set(plans.flatMap(({ blows }) => blows.map(({ kind }) => kind)));
    expect([...kinds].toSorted()).toEqual([
      'analyzer-disabled',
      'analyzers-denied',
      'aws-down',
      'aws-throttled',
      'cloned',
      'crash',
      'forged',
      'freeze',
      'jira-down',
      'kill',
      'limited',
      'lists-cut',
      'lists-late',
      'rate-limited',
      'redis-freeze',
      'redis-kill',
      'redis-stop',
      'rules-changed',
      'store-emptied',
      'swept',
    ]);
    const sends = plans.flatMap(({ history }) => history.sends);
    expect(sends.length).toBeGreaterThan(new Set(sends.map(({ body }) => body)).size);
    const forms = new Set(
      sends
        .slice(0, 200)
        .flatMap(({ body }) =>
          readMessage(body, Date.now(), null).map((part) => part.kind === 'finding' && part.finding.analyzerArn === 'unknown'),
        ),
    );
    expect(forms).toEqual(new Set([true, false]));
    expect(
      plans.some(({ history }) =>
        history.sends.some((one, at) => history.sends.slice(at).some((later) => later.finding === one.finding && later.nth < one.nth)),
      ),
    ).toBe(true);
    // Of events that are lost, both those of findings that begin and those of findings that end; and whatever is lost happened in AWS.
    for (const { history } of plans.slice(0, 20)) {
      const all = [...history.sends, ...history.finale];
      expect(new Set(all.filter(({ lost }) => lost).map(({ active }) => active))).toEqual(new Set([true, false]));
      expect(history.changes.length + history.endings.length).toBe(
        new Set(all.map(({ installation, finding, nth }) => `${installation} ${finding} ${nth}`)).size,
      );
    }
    expect(plans.filter(({ installations }) => installations.length === 2).length).toBeGreaterThan(20);
    expect(plans.filter(({ bulkFetchLagMs }) => bulkFetchLagMs > 0).length).toBeGreaterThan(20);
    const expected = plans.flatMap(({ history }) => expectedIssues(history.sends));
    for (const { history } of plans.slice(0, 20)) {
      const ended = expectedIssues([...history.sends, ...history.finale]);
      expect(ended.filter(({ active }) => active)).toEqual([]);
      expect(ended.map(({ everActive }) => everActive)).toEqual(expectedIssues(history.sends).map(({ everActive }) => everActive));
    }
    for (const wanted of [
      { active: true, everActive: true },
      { active: false, everActive: true },
      { active: false, everActive: false },
    ])
      expect(expected).toContainEqual(expect.objectContaining(wanted));
    expect(expected.some(({ findings }) => findings.length === 2)).toBe(true);
  });

  test('of a long run has every kind of blow', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const { blows } = plan(seed, { blows: 40, lengthMs: 400_000 });
      expect(blows).toHaveLength(40);
      expect(new Set(blows.map(({ kind }) => kind)).size).toBe(20);
      expect(plan(seed, { blows: 40, store: 'embedded' }).blows.map(({ kind }) => kind)).toContain('store-emptied');
    }
  });

  test('never strikes the store during another strike, and strikes Redis only where it is in use', () => {
    for (const seed of SEEDS) {
      const touching = plan(seed).blows.filter(({ kind }) => kind.startsWith('redis-') || kind === 'store-emptied');
      for (const [at, blow] of touching.entries())
        expect(blow.atMs).toBeGreaterThan((touching[at - 1]?.atMs ?? -1) + (touching[at - 1]?.forMs ?? 0));
      expect(plan(seed, { store: 'embedded' }).blows.filter(({ kind }) => kind.startsWith('redis-'))).toEqual([]);
    }
  });
});

test('the newest observation of each finding decides what is expected', () => {
  const { history } = plan(3);
  const newest = newestOf(history.sends);
  expect(new Set(newest.map(({ installation, finding }) => `${installation} ${finding}`)).size).toBe(history.findings);
  for (const one of newest) {
    const place = expectedIssues(history.sends).find(
      ({ installation, findings }) => installation === one.installation && findings.includes(one.finding),
    );
    expect(place?.active).toBe(
      newest.some((other) => other.active && other.installation === one.installation && place?.findings.includes(other.finding)),
    );
  }
});

test('where groups may have changed, each finding is expected on its own', () => {
  const { sends } = plan(3).history;
  const apart = expectedIssues(sends, true);
  expect(apart.every(({ findings }) => findings.length === 1)).toBe(true);
  expect(apart.flatMap(({ findings }) => findings).toSorted()).toEqual(
    expectedIssues(sends)
      .flatMap(({ findings }) => findings)
      .toSorted(),
  );
});

test('a crash point is parsed with its count; an unknown one is refused with the known names', () => {
  expect(parseCrash('after-create:3')).toEqual({ point: 'after-create', nth: 3 });
  expect(parseCrash('before-ask')).toEqual({ point: 'before-ask', nth: 1 });
  for (const text of ['', 'nowhere', 'after-create:0', 'after-create:x']) expect(() => parseCrash(text)).toThrow('after-record');
});
