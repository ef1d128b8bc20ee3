import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimOf, type ClaimingIssue } from '../../src/issues/claim.ts';
import { markerLabel, markerOf, tombstoneOf } from '../../src/issues/marker.ts';

const HERE = 'default';
const { label: LABEL, property: OURS } = markerOf(HERE, 'f-x', ['a|1'], 1);
const OTHER = markerLabel(HERE, 'f-y');
const made = (more: Partial<ClaimingIssue>): ClaimingIssue => ({
  createdByUs: true,
  labels: ['findings-to-jira', LABEL, 'triage'],
  property: OURS,
  tombstone: null,
  ...more,
});
const byPerson = (more: Partial<ClaimingIssue>): ClaimingIssue => made({ createdByUs: false, ...more });

test.each<readonly [string, ClaimingIssue, ReturnType<typeof claimOf>]>([
  ['as we made it', made({}), { is: 'ours', property: OURS }],
  ['whose labels a person removed', made({ labels: [] }), { is: 'ours', property: OURS }],
  ['without its property', made({ property: null }), { is: 'contradicted', labels: [LABEL] }],
  ['without property and label', made({ property: null, labels: ['triage'] }), { is: 'foreign' }],
  ['with the property of another group', made({ property: { ...OURS, group: 'f-y' } }), { is: 'contradicted', labels: [LABEL, OTHER] }],
  ['with the label of another group', made({ labels: [OTHER] }), { is: 'contradicted', labels: [OTHER, LABEL] }],
  ['with the labels of two groups', made({ labels: [LABEL, OTHER] }), { is: 'contradicted', labels: [LABEL, OTHER] }],
  [
    'with the property of another installation',
    made({ property: { ...OURS, installation: 'theirs' } }),
    { is: 'contradicted', labels: [LABEL] },
  ],
  [
    'of another installation of the same account',
    made({ property: { ...OURS, installation: 'theirs' }, labels: [markerLabel('theirs', 'f-x')] }),
    { is: 'foreign' },
  ],
  ['with a tombstone', made({ property: null, tombstone: tombstoneOf(HERE, 'f-y') }), { is: 'unlinked', labels: [OTHER, LABEL] }],
  [
    'with the tombstone of another installation',
    made({ property: null, tombstone: tombstoneOf('theirs', 'f-x') }),
    { is: 'contradicted', labels: [LABEL] },
  ],
  ['of a person, with our property', byPerson({}), { is: 'foreign' }],
  ['of a person, with our label', byPerson({ property: null }), { is: 'foreign' }],
  ['of a person, linked', byPerson({ property: { ...OURS, linked: true } }), { is: 'linked', property: { ...OURS, linked: true } }],
  ['of a person, linked elsewhere', byPerson({ property: { ...OURS, linked: true, installation: 'theirs' } }), { is: 'foreign' }],
  ['of a person, with a tombstone', byPerson({ property: null, tombstone: tombstoneOf(HERE, 'f-y') }), { is: 'unlinked', labels: [OTHER] }],
])('an issue %s', (_, issue, claim) => {
  expect(claimOf(issue, HERE)).toEqual(claim);
});

describe('whatever a person writes', () => {
  const text = fc.oneof(fc.constantFrom('default', 'theirs', 'f-x', 'f-y'), fc.string());
  const property = fc.option(
    fc.record(
      { installation: text, group: text, findings: fc.array(text), attempt: fc.integer({ min: 1 }), linked: fc.constant(true as const) },
      { requiredKeys: ['installation', 'group', 'findings', 'attempt'] },
    ),
  );
  const tombstone = fc.option(fc.record({ installation: text, unlinked: text }));

  test('an issue of theirs is never ours', () => {
    fc.assert(
      fc.property(property, tombstone, fc.array(fc.constantFrom(LABEL, OTHER, 'findings-to-jira')), (one, other, labels) => {
        expect(claimOf({ createdByUs: false, labels, property: one, tombstone: other }, HERE).is).toMatch(/linked|foreign/u);
      }),
    );
  });

  test('on an issue of ours that keeps its label: it is its own group’s, or its group knows that an admin has to decide', () => {
    fc.assert(
      fc.property(property, tombstone, (one, other) => {
        const claim = claimOf(made({ property: other === null ? one : null, tombstone: other }), HERE);
        const groups = claim.is === 'ours' ? [markerLabel(HERE, claim.property.group)] : 'labels' in claim ? claim.labels : [];
        expect(groups).toContain(LABEL);
      }),
    );
  });
});
