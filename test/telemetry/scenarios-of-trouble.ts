import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { createFollowRules } from '../../src/pipeline/rule-changes/follow-rules-file.ts';
import { exportMissing } from '../../src/pipeline/rulebook/rules-export.ts';
import type { SourceRead } from '../../src/pipeline/ports/rules-source.ts';
import { createYielder } from '../../src/pipeline/rulebook/yielder.ts';
import { ANALYZER_ARN, externalEvent } from '../support/findings/finding-events.ts';
import { eventOfManyObjects, MANY_ALTERNATIVES } from '../support/findings/costly-events.ts';
import { detailsSource, openAnalyzer } from '../support/servers/access-analyzer.ts';
import { finish } from '../support/service/finish.ts';
import { testFolder } from '../support/service/service-process.ts';
import { findingOf, rulesOf } from '../support/findings/parsed.ts';
import { startServiceParts, testClock } from '../support/service/service-parts.ts';
import { openSite } from '../support/service/site.ts';
import { spoilDocument } from '../support/service/spoil-document.ts';
import { until } from '../support/until.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { emitTo, everything, numbered, report, seen, started, type Scenario } from './scenario.ts';

const HOUR_MS = 3_600_000;

/** A sweep over AWS, an hour after the one before. @param strike what happens before the second one */
async function sweptTwice(
  metrics: Metrics,
  findings: number,
  strike: (aws: Awaited<ReturnType<typeof openAnalyzer>>) => void,
): Promise<void> {
  const aws = await openAnalyzer();
  const analyzers = { arns: [ANALYZER_ARN], regions: [], source: detailsSource(aws) };
  const { site, parts } = await started(metrics, { analyzers, sweepIntervalMs: HOUR_MS });
  for (let n = 0; n < findings; n += 1) {
    const event = externalEvent({ detail: { id: `finding-${n}`, resource: `arn:aws:s3:::bucket-${n}` } });
    aws.follow(event);
    await parts.accept(findingOf(event));
  }
  site.clock.forward(1);
  await parts.findingsSweep?.advance(new AbortController().signal);
  strike(aws);
  site.clock.forward(HOUR_MS + 1_000);
  await parts.findingsSweep?.advance(new AbortController().signal);
}

/** What can go wrong at Jira, at AWS, and in the store. */
export const TROUBLE: Readonly<Record<string, Scenario>> = {
  'the answer to a create is lost': {
    moves: { 'f2j_creates_uncertain_total{code="jira-unreachable"}': 1, 'f2j_lookups_total{because="ok"}': 1, f2j_issues_adopted_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
      await report(site, parts, seen(0));
    },
  },

  'the store is lost': {
    moves: { f2j_store_suspect_total: 1, f2j_store_read_back_total: 'some', f2j_issues_restored_total: 1 },
    async happen(metrics) {
      const site = await openSite();
      await report(site, await site.start(), seen(0));
      const parts = await site.start({ metrics, store: site.emptyStore() });
      await until(async () => {
        site.clock.forward(31_000);
        await parts.trust.advance();
        return parts.trust.isTrusted();
      }, 'the store is trusted');
    },
  },

  'a second issue of a finding turns up': {
    moves: { f2j_duplicates_seen_total: 'some', f2j_duplicates_closed_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      Object.assign(site.jira.faults, { indexLagMs: 3_000_000, bulkFetchLagMs: 3_000_000 });
      site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
      await report(site, parts, seen(0));
      site.clock.forward(4_000_000);
      await parts.sweep.run();
    },
  },

  'a whole project is gone': {
    moves: { f2j_issues_vanished_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      await report(site, parts, seen(0));
      site.jira.person.hideProject('SEC', 'gone');
      await parts.sweep.run();
    },
  },

  'many findings are missing in AWS at once': {
    moves: { 'f2j_findings_sweeps_total{result="complete"}': 2, f2j_findings_vanished_total: 1 },
    happen: (metrics) =>
      sweptTwice(metrics, 40, (aws) => {
        for (let n = 0; n < 25; n += 1) aws.remove(ANALYZER_ARN, `finding-${n}`);
      }),
  },

  'an analyzer may not be listed': {
    moves: { 'f2j_analyzers_not_listed_total{code="denied"}': 1 },
    happen: (metrics) => sweptTwice(metrics, 1, (aws) => void (aws.faults.denied = [ANALYZER_ARN])),
  },

  'Jira refuses a create, and asks to be left alone': {
    moves: { 'f2j_jira_failures_total{call="create",code="jira-forbidden"}': 1, 'f2j_jira_denials_total{scope="all"}': 'some' },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      const refused = { on: 'POST /issue', fault: 'status' } as const;
      site.jira.faults.next.push({ ...refused, status: 403, body: { errorMessages: ['No'], errors: {} } });
      const { group } = await parts.accept(numbered(1));
      await parts.reconcile(group);
      site.jira.faults.next.push({
        ...refused,
        status: 429,
        headers: { 'retry-after': '60', 'ratelimit-reason': 'jira-quota-tenant-based' },
      });
      for (const n of [2, 3]) await parts.reconcile((await parts.accept(numbered(n))).group);
    },
  },

  'Jira refuses the token': {
    moves: { f2j_jira_token_refused_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics, { working: true });
      site.jira.faults.revokedTokens = [site.jira.credentials.apiToken];
      await parts.accept(seen(0));
      await until(async () => (await metrics.render()).includes('f2j_jira_token_refused_total 1'), 'it is noticed');
    },
  },

  'Jira does not answer': {
    moves: { f2j_jira_outages_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      site.jira.faults.unavailableBeforeRate = 1;
      for (const n of [1, 2, 3, 4, 5]) await parts.reconcile((await parts.accept(numbered(n))).group);
      await parts.accessWatch.advance();
    },
  },

  'a rule takes too many steps': {
    moves: { 'f2j_rules_undecided_total{code="rule-too-costly"}': 1 },
    async happen(metrics) {
      const rules = rulesOf([{ id: 'costly', match: MANY_ALTERNATIVES, action: 'ignore' }, everything()]);
      const { parts } = await started(metrics, { rules });
      await parts.reconcile((await parts.accept(findingOf(eventOfManyObjects()))).group);
    },
  },

  'the rules file cannot be used, and the disk takes no copy of the rules': {
    moves: { f2j_rules_file_refused_total: 1, f2j_rules_not_exported_total: 1 },
    async happen(metrics) {
      const { site, parts } = await started(metrics);
      const emit = emitTo(metrics);
      const reads: SourceRead[] = [{ ok: false, problems: ['rules.yaml: no'] }];
      const follower = createFollowRules({
        source: { read: async () => reads.shift() ?? null, inFile: () => [] },
        rules: parts.rules,
        saveRules: parts.saveRules,
        yielder: createYielder(site.clock),
        emit,
        everyMs: 1,
      });
      await follower.start(rulesOf([everything()]));
      await until(async () => (await metrics.render()).includes('f2j_rules_file_refused_total 1'), 'it is refused');
      await follower.stop();
      await exportMissing(site.store, { has: async () => false, write: () => Promise.reject(new Error('disk full')) }, emit);
    },
  },

  'a document of the store is damaged': {
    moves: { 'f2j_documents_unreadable_total{collection="groups"}': 1 },
    async happen(metrics) {
      const [site, folder, clock, emit] = [await openSite(), testFolder(), testClock(), emitTo(metrics)];
      const store = openEmbeddedStore(folder, clock, ({ collection, id, because }) =>
        emit({ what: 'document-unreadable', collection, id, because }),
      );
      const parts = await startServiceParts({ store, jira: site.jira, clock, working: false });
      const { group } = await parts.accept(seen(0));
      spoilDocument(folder, GROUPS.name, group, '{');
      await finish(site, parts, group).catch(() => undefined);
      await parts.stop();
      await store.close();
    },
  },
};
