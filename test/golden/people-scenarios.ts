import { HELD } from '../../src/pipeline/admin-actions/release-held.ts';
import { resumeGroups } from '../../src/pipeline/admin-actions/resume-groups.ts';
import { finish } from '../support/service/finish.ts';
import { handMadeIssue } from '../support/jira/hand-made-issues.ts';
import { until } from '../support/until.ts';
import type { Scenario } from './scenario.ts';
import { at, openTo, RESOLVED } from './scenario-events.ts';

/** What people do, here and in Jira, and what is read back from there. */
export const PEOPLE_SCENARIOS: readonly Scenario[] = [
  {
    name: 'person-closes-the-issue',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1));
      site.jira.person.transition('SEC-1', 'Done', "Won't Do");
      site.clock.forward(60_000);
      await site.emit(parts, at(1, 2, openTo(123_456_789_012)), at(1, 3, openTo(210_987_654_321)));
      return parts;
    },
  },
  {
    name: 'person-edits-the-summary',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1));
      site.jira.person.edit('SEC-1', { summary: 'Mine' });
      site.clock.forward(60_000);
      await site.emit(parts, at(1, 2, openTo(123_456_789_012)), at(1, 3, openTo(210_987_654_321)));
      return parts;
    },
  },
  {
    name: 'admin-links-an-issue',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      await parts.link(group, handMadeIssue(site).key, 'anna');
      await finish(site, parts, group);
      await site.emit(parts, at(1, 2, RESOLVED));
      await parts.sweep.run();
      return parts;
    },
  },
  {
    name: 'admin-unlinks',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      await parts.unlink(group, 'anna');
      await finish(site, parts, group);
      await site.emit(parts, at(1, 2));
      return parts;
    },
  },
  {
    name: 'admin-unlinks-and-settles',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      await parts.unlink(group, 'anna');
      await parts.reconcileNow(group, 'bert');
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'paused',
    async run(site) {
      const parts = await site.start();
      await parts.pauses.set('project:SEC', 'anna', 'a deploy');
      await site.emit(parts, at(1, 1));
      return parts;
    },
  },
  {
    name: 'paused-and-lifted',
    async run(site) {
      const parts = await site.start();
      const first = await site.emit(parts, at(1, 1));
      await parts.pauses.set('all', 'anna', 'a deploy');
      const second = await site.emit(parts, at(2, 1));
      await site.emit(parts, at(1, 2, RESOLVED));
      await parts.pauses.lift('all');
      await resumeGroups({ store: site.store, queue: parts.queue }, 'held');
      for (const group of [first, second]) await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'paused-and-released',
    async run(site) {
      const parts = await site.start();
      await parts.pauses.set('rule:everything', 'anna', 'a deploy');
      const group = await site.emit(parts, at(1, 1));
      const begun = await parts.operations.start({ kind: 'release', input: [HELD], startedBy: 'bert' });
      if (!begun.started) throw new Error('It was not begun');
      await until(async () => (await parts.operations.read(begun.id))?.state === 'done', 'the finding is released');
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'lost-store-is-read-back',
    async run(site) {
      const before = await site.start();
      await site.emit(before, at(1, 1), at(2, 1), at(2, 2, RESOLVED));
      await before.stop();
      const parts = await site.start({ store: site.emptyStore() });
      await site.emit(parts, at(1, 3, openTo(123_456_789_012)), at(2, 3), at(1, 4, RESOLVED));
      return parts;
    },
  },
  {
    name: 'twin-is-closed-by-the-sweep',
    async run(site) {
      site.jira.faults.indexLagMs = 3_000_000;
      site.jira.faults.bulkFetchLagMs = 3_000_000;
      site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      site.clock.forward(4_000_000);
      await parts.sweep.run({ dryRun: true });
      await parts.sweep.run();
      site.clock.forward(4_000_000);
      await parts.sweep.run();
      await finish(site, parts, group);
      return parts;
    },
  },
];
