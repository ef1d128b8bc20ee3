import { STRICT_WORKFLOW } from '../../src/sandbox/jira/workflow.ts';
import { unusedEvent } from '../support/findings/finding-events.ts';
import { finish } from '../support/service/finish.ts';
import { changeRules } from '../support/service/save-rules.ts';
import { goldenFinding } from './finding-of.ts';
import type { Scenario } from './scenario.ts';
import { at, IGNORING, onDay, openTo, RESOLVED, ruleFor, rulesFor } from './scenario-events.ts';

const GONE = { isDeleted: true };
const ERROR = { error: 'ACCESS_DENIED', principal: undefined, action: undefined, isPublic: undefined };

/** Nothing goes wrong in these. */
export const PLAIN_SCENARIOS: readonly Scenario[] = [
  {
    name: 'open',
    async run(site) {
      const rule = ruleFor({ labels: ['security'], dueInDays: 7, priority: 'High', sections: [{ title: 'Who', text: 'Ask **us**.' }] });
      const parts = await site.start({ rules: rulesFor(rule) });
      await site.emit(parts, at(1, 1));
      return parts;
    },
  },
  {
    name: 'open-and-the-same-event-again',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 5), at(1, 5), at(1, 1));
      return parts;
    },
  },
  {
    name: 'resolve-and-close',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1), at(2, 1), at(1, 2, RESOLVED), at(2, 2, RESOLVED));
      return parts;
    },
  },
  {
    name: 'reopen',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1), at(1, 2, RESOLVED), at(1, 3), at(1, 4, RESOLVED), at(1, 5));
      return parts;
    },
  },
  {
    name: 'reopen-after-a-rest',
    async run(site) {
      const parts = await site.start({ cooldowns: { transitionMs: 15_000, updateMs: 30_000 } });
      const group = await site.look(parts, at(1, 1));
      await site.look(parts, at(1, 2, RESOLVED));
      await site.look(parts, at(1, 3));
      await finish(site, parts, group);
      await site.look(parts, at(1, 4, openTo(123_456_789_012)));
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'archived',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1), at(1, 2, { status: 'ARCHIVED' }), at(2, 1, { status: 'ARCHIVED' }));
      return parts;
    },
  },
  {
    name: 'deleted',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1), at(1, 2, GONE), at(2, 1), at(2, 2, RESOLVED), at(2, 3, { ...RESOLVED, ...GONE }));
      return parts;
    },
  },
  {
    name: 'ignored-by-a-rule',
    async run(site) {
      const match = { detail: { isPublic: [true] } };
      const parts = await site.start({ rules: rulesFor({ id: 'public', match, action: 'ignore' }) });
      await site.emit(parts, at(1, 1), at(2, 1, openTo(123_456_789_012)));
      return parts;
    },
  },
  {
    name: 'grouped-by-access',
    async run(site) {
      const parts = await site.start({ rules: rulesFor(ruleFor({}, { groupBy: 'access' })) });
      const same = { resource: 'arn:aws:s3:::shared' };
      await site.emit(parts, at(1, 1, same), at(2, 2, same), at(1, 3, { ...same, ...RESOLVED }), at(2, 4, { ...same, ...RESOLVED }));
      return parts;
    },
  },
  {
    name: 'grouped-by-resource',
    async run(site) {
      const parts = await site.start({ rules: rulesFor(ruleFor({}, { groupBy: 'resource' })) });
      const same = { resource: 'arn:aws:s3:::shared' };
      await site.emit(parts, at(1, 1, same), at(2, 2, { ...same, ...openTo(123_456_789_012) }));
      await site.emit(parts, at(1, 3, { ...same, ...RESOLVED }), at(2, 4, { ...same, ...RESOLVED, ...openTo(123_456_789_012) }));
      return parts;
    },
  },
  {
    name: 'content-changes',
    async run(site) {
      const parts = await site.start({ rules: rulesFor(ruleFor({ labels: ['old'], priority: 'Low' })) });
      const group = await site.emit(parts, at(1, 1), at(1, 2, openTo(123_456_789_012)));
      await changeRules(parts, [ruleFor({ labels: ['new'], priority: 'High', dueInDays: 3 })]);
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'unused-access-without-details',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, goldenFinding(unusedEvent()));
      return parts;
    },
  },
  {
    name: 'observe-then-live',
    async run(site) {
      const watching = await site.start({ mode: 'observe' });
      const group = await site.emit(watching, at(1, 1));
      await watching.stop();
      const parts = await site.start();
      await parts.reconcileNow(group, 'anna');
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'successor-is-linked',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, onDay('old', 1, 1), onDay('old', 1, 10, RESOLVED), onDay('new', 10, 10, openTo(999_988_887_777)));
      return parts;
    },
  },
  {
    name: 'successor-comes-first',
    async run(site) {
      const parts = await site.start();
      const fresh = onDay('new', 10, 10, openTo(999_988_887_777));
      await site.emit(parts, onDay('old', 1, 1), fresh, onDay('old', 1, 10, RESOLVED), fresh);
      return parts;
    },
  },
  {
    name: 'error-after-the-close-is-corrected',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, onDay('old', 1, 1), onDay('old', 1, 10, RESOLVED));
      await site.emit(parts, onDay('error', 10, 10, ERROR));
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'error-before-the-close',
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, onDay('old', 1, 1), onDay('error', 10, 10, ERROR), onDay('old', 1, 10, RESOLVED));
      return parts;
    },
  },
  {
    name: 'rules-no-longer-send-it',
    async run(site) {
      const rule = ruleFor({}, { whenUnrouted: 'close' });
      const parts = await site.start({ rules: rulesFor(rule) });
      const group = await site.emit(parts, at(1, 1));
      await changeRules(parts, [IGNORING, rule]);
      await finish(site, parts, group);
      site.clock.forward(60_000);
      await changeRules(parts, [rule]);
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'several-hops',
    jira: { projects: [{ key: 'SEC', workflow: 'strict' }] },
    async run(site) {
      const parts = await site.start();
      await site.emit(parts, at(1, 1), at(1, 2, RESOLVED), at(1, 3));
      return parts;
    },
  },
  {
    name: 'no-transition',
    jira: {
      projects: [
        { key: 'SEC', workflow: { ...STRICT_WORKFLOW, transitions: STRICT_WORKFLOW.transitions.filter(({ to }) => to !== 'Closed') } },
      ],
    },
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      await site.look(parts, at(1, 2, RESOLVED));
      for (let tries = 0; tries < 2; tries += 1) {
        site.clock.forward(24 * 3_600_000);
        await parts.reconcile(group);
      }
      return parts;
    },
  },
];
