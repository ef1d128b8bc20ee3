import { expect, test } from 'vitest';
import { EVIDENCE_HEADER, evidenceCsvLine } from '../../../src/admin/export/evidence-csv.ts';
import { toEvidenceLine } from '../../../src/admin/export/evidence-line.ts';
import { findingRecord } from '../../support/findings/finding-records.ts';
import { csvRecords } from '../../support/parse-csv.ts';

test('lists are one text, and names of people and owners are made safe', () => {
  const { mapping, ...rest } = findingRecord({}, { owner: { name: '=team', source: 'resource-tag' } });
  const record = {
    ...rest,
    mapping: { ...mapping, issue: { id: '7', key: 'SEC-7', status: { name: '@Done', category: 'done' as const } } },
  };
  const acts = [
    { at: 0, action: 'linked', by: '-otto, "x"', issueKey: 'SEC-7', requestId: 'r' },
    { at: 1_000, action: 'closed-in-jira', by: null, issueKey: null, requestId: null },
  ] as const;
  const evidence = { record, group: null, revision: { revision: 3, savedAt: 0, savedBy: '+anna' }, acts, actsLeftOut: 2, isPartial: true };
  const line = evidenceCsvLine(toEvidenceLine(evidence, (key) => `https://site.example/browse/${key}`));
  expect(csvRecords(EVIDENCE_HEADER + line)).toMatchObject([
    {
      record: 'partial',
      'owner.name': "'=team",
      'owner.source': 'resource-tag',
      'issue.status': "'@Done",
      'decision.revision': '3',
      'decision.savedBy': "'+anna",
      'closing.at': '',
      acts: '1970-01-01T00:00:00.000Z linked SEC-7 by -otto, "x" (r); 1970-01-01T00:00:01.000Z closed-in-jira',
      actsLeftOut: '2',
    },
  ]);
});
