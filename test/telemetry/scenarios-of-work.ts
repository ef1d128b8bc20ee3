import { DAY_MS } from '../../src/issues/due-date.ts';
import { markOverdue } from '../../src/pipeline/runtime/mark-overdue.ts';
import { detailsSource, openAnalyzer, policyStep, unusedServices } from '../support/servers/access-analyzer.ts';
import { externalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { finish } from '../support/service/finish.ts';
import { changeRules } from '../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../support/findings/parsed.ts';
import { until } from '../support/until.ts';
import { everything, numbered, report, seen, started, type Scenario } from './scenario.ts';

const HOUR_MS = 3_600_000;

/** What a service does on a good day. */
export const WORK: Readonly<Record<string, Scenario>> = {
  'a finding comes, changes, is resolved, and is active again': {
    moves: {
      'f2j_findings_accepted_total{because="new"}': 1,
      'f2j_passes_total{step="create",because="not-opened-yet"}': 1,
      'f2j_steps_total{step="nothing",because="already-closed"}': 1,
      f2j_issues_created_total: 1,
      // Once with the change, and once back.
      f2j_issues_updated_total: 2,
      'f2j_issues_closed_total{because="resolved"}': 1,
      'f2j_issues_reopened_total{because="active-again"}': 1,
      f2j_event_to_issue_seconds: 1,
      'f2j_jira_calls_total{endpoint="POST /issue",result="201",verdict="ok"}': 1,
      'f2j_jira_permit_wait_seconds{kind="create"}': 1,
      f2j_jira_calls_per_second: 'some',
      'f2j_mappings{state="open"}': 1,
      'f2j_issues{state="open"}': 1,
      f2j_store_trusted: 1,
    },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      await report(site, parts, seen(0), seen(1, { action: ['s3:PutObject'] }), seen(2, { status: 'RESOLVED' }), seen(3));
    },
  },

  'an issue becomes old and overdue': {
    moves: { 'f2j_mappings_overdue{severity="high"}': 1, f2j_oldest_issue_age_days: 'some' },
    async happen(metrics) {
      const rules = rulesOf([everything({ issue: { project: 'SEC', issueType: 'Task', dueInDays: 3 } })]);
      const { site, parts } = await started(metrics, { rules });
      await report(site, parts, seen(0));
      site.clock.forward(5 * DAY_MS);
      await markOverdue(site.store, await site.store.now());
    },
  },

  'groups wait for a pass, and nobody makes one': {
    moves: { f2j_queue_depth: 2, f2j_oldest_due_group_age_seconds: 'some' },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      for (const n of [1, 2]) await parts.accept(numbered(n));
      site.clock.forward(60_000);
    },
  },

  'the rules change': {
    moves: { f2j_rules_saved_total: 1, 'f2j_operations_total{kind="rules-reconcile",state="done"}': 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics, { preflight: { check: async () => [], ends: async () => [] } });
      await report(site, parts, seen(0));
      await changeRules(parts, [{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }]);
      await until(async () => (await metrics.render()).includes('kind="rules-reconcile"'), 'the operation has ended');
    },
  },

  'AWS is asked for details': {
    moves: { 'f2j_details_total{result="fetched"}': 'some' },
    async happen(metrics) {
      const aws = await openAnalyzer();
      const { site, parts } = await started(metrics, { details: detailsSource(aws), working: true });
      const recommendation = { steps: [policyStep('{"Version":"2012-10-17","Statement":[]}')], inProgressFor: 0, failure: null };
      aws.follow(unusedEvent(), { findingDetails: unusedServices(2, 0, 1), recommendation });
      await parts.accept(findingOf(unusedEvent()));
      await until(() => site.jira.issues().length === 1, 'the issue is opened with them');
    },
  },

  'a person closes an issue, and AWS is asked to look again': {
    moves: { 'f2j_rescans_total{result="started"}': 1 },
    async happen(metrics) {
      const aws = await openAnalyzer();
      aws.follow(externalEvent());
      const { site, parts } = await started(metrics, { scans: detailsSource(aws) });
      const finding = findingOf(externalEvent());
      await report(site, parts, finding);
      site.jira.person.transition('SEC-1', 'Done');
      await parts.sweep.run();
      await finish(site, parts, (await parts.record(finding.key))?.group ?? '');
      await parts.rescans?.advance(new AbortController().signal);
    },
  },

  'more findings come than limits let open': {
    moves: { 'f2j_floods_total{kind="live"}': 1, 'f2j_mappings{state="held"}': 1 },
    async happen(metrics) {
      const { parts } = await started(metrics, { rules: rulesOf([everything()], { limits: { livePerHour: 1 } }), working: true });
      const medium = { isPublic: false, principal: { AWS: '999988887777' } };
      for (const n of [1, 2]) await parts.accept(numbered(n, medium));
      await until(async () => /f2j_floods_total\{.*1\n[^]*state="held"\} 1/.test(await metrics.render()), 'one is held');
    },
  },

  'a finding that ended long ago shrinks': {
    moves: { f2j_findings_shrunk_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      await report(site, parts, seen(0), seen(1, { status: 'RESOLVED' }));
      site.clock.forward(500 * DAY_MS);
      await until(async () => (await parts.retention.advance()) !== 'page-done', 'the round has ended');
    },
  },

  'a sweep over Jira finds an issue that a person has deleted': {
    moves: { f2j_sweeps_total: 2, f2j_issues_deleted_total: 1, 'f2j_drift_total{kind="deleted"}': 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      await report(site, parts, seen(0));
      site.jira.person.delete('SEC-1');
      await parts.sweep.run();
      site.clock.forward(HOUR_MS);
      await parts.sweep.run();
    },
  },
};
