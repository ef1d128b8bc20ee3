import type { ScriptedFault } from '../../src/sandbox/jira/faults.ts';
import { finish } from '../support/service/finish.ts';
import { changeRules } from '../support/service/save-rules.ts';
import type { Scenario } from './scenario.ts';
import { at, RESOLVED, ruleFor, rulesFor } from './scenario-events.ts';

const POST = 'POST /issue';
const SAY = 'POST /issue/*/comment';
const TRANSITION = 'POST /issue/*/transitions';
const TEAM = { id: 'customfield_7', name: 'Team', kind: 'select', options: ['Red', 'Blue'], required: true } as const;
const NO = { errorMessages: ['You may not do this'], errors: {} };

/** One fault, one finding, and everything until it has come to rest. */
function oneFault(name: string, fault: Omit<ScriptedFault, 'on'>, timeoutMs = 5_000): Scenario {
  return {
    name,
    async run(site) {
      const parts = await site.start({ timeoutMs });
      site.jira.faults.next.push({ on: POST, ...fault });
      await site.emit(parts, at(1, 1));
      await site.emit(parts, at(1, 2, RESOLVED));
      return parts;
    },
  };
}

/** Jira refuses, fails, or says nothing. */
export const FAULT_SCENARIOS: readonly Scenario[] = [
  {
    name: 'required-field-missing-then-mended',
    jira: { projects: [{ key: 'SEC', customFields: [TEAM] }] },
    async run(site) {
      const parts = await site.start();
      const group = await site.look(parts, at(1, 1));
      site.clock.forward(60_000);
      await changeRules(parts, [ruleFor({ fields: { customfield_7: { value: 'Red' } } })]);
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'required-field-missing',
    jira: { projects: [{ key: 'SEC', customFields: [TEAM] }] },
    async run(site) {
      const parts = await site.start();
      const group = await site.look(parts, at(1, 1));
      site.clock.forward(3_600_000);
      await parts.reconcileNow(group, 'anna');
      await parts.reconcile(group);
      return parts;
    },
  },
  oneFault('forbidden-403', { fault: 'status', status: 403, body: NO }),
  oneFault('refused-400', { fault: 'status', status: 400, body: { errorMessages: ['A validator says no.'], errors: { labels: 'no' } } }),
  oneFault('rate-limited-429', {
    fault: 'status',
    status: 429,
    headers: { 'retry-after': '30', 'ratelimit-reason': 'jira-burst-based' },
    body: '',
  }),
  oneFault('unavailable-503', { fault: 'status', status: 503, headers: { 'retry-after': '60' } }),
  oneFault('credentials-refused-401', { fault: 'status', status: 401, body: NO }),
  oneFault('create-timed-out-and-found', { fault: 'hangs', afterCommit: true }, 2_000),
  oneFault('create-lost-and-found', { fault: 'lost-after-commit' }),
  oneFault('create-cut-off-and-sent-again', { fault: 'reset-before' }),
  {
    name: 'failing-still',
    async run(site) {
      const parts = await site.start();
      for (let tries = 0; tries < 3; tries += 1) site.jira.faults.next.push({ on: POST, fault: 'status', status: 403, body: NO });
      const group = await site.look(parts, at(1, 1));
      for (let tries = 0; tries < 2; tries += 1) {
        site.clock.forward(24 * 3_600_000);
        await parts.reconcile(group);
      }
      return parts;
    },
  },
  {
    name: 'comment-refused-with-429-is-owed',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      const reason = { 'retry-after': '1800', 'ratelimit-reason': 'jira-per-issue-on-write' };
      site.jira.faults.next.push({ on: SAY, fault: 'status', status: 429, headers: reason });
      await site.look(parts, at(1, 2, RESOLVED));
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'comment-is-owed-still',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      for (let tries = 0; tries < 3; tries += 1) site.jira.faults.next.push({ on: SAY, fault: 'status', status: 503 });
      await site.look(parts, at(1, 2, RESOLVED));
      site.clock.forward(60_000);
      await parts.reconcile(group);
      return parts;
    },
  },
  {
    name: 'close-whose-answer-is-lost',
    async run(site) {
      const parts = await site.start();
      const group = await site.emit(parts, at(1, 1));
      site.jira.faults.next.push({ on: TRANSITION, fault: 'lost-after-commit' });
      await site.look(parts, at(1, 2, RESOLVED));
      site.clock.forward(60_000);
      site.jira.faults.next.push({ on: TRANSITION, fault: 'reset-before' });
      await site.look(parts, at(1, 3));
      await finish(site, parts, group);
      return parts;
    },
  },
  {
    name: 'looks-that-see-nothing',
    async run(site) {
      const parts = await site.start();
      site.jira.faults.next.push({ on: POST, fault: 'lost-after-commit' });
      site.jira.faults.searchWarnings = true;
      const group = await site.look(parts, at(1, 1));
      site.clock.forward(3_600_000);
      await parts.reconcile(group);
      return parts;
    },
  },
  {
    name: 'labels-not-on-the-create-screen',
    jira: { projects: [{ key: 'SEC', offScreen: ['labels'] }] },
    async run(site) {
      const parts = await site.start({ rules: rulesFor(ruleFor({ labels: ['security'] })) });
      await site.emit(parts, at(1, 1), at(1, 2, RESOLVED));
      return parts;
    },
  },
];
