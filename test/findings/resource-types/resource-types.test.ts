import { AccessCheckResourceType, ResourceType } from '@aws-sdk/client-accessanalyzer';
import { expect, test } from 'vitest';
import { hasForm, parseArn, resourceName } from '../../../src/findings/arn.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import type { ResourceTypes } from '../../../src/findings/resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from '../../../src/findings/resource-types/resource-types.ts';
import { severityOf } from '../../../src/findings/severity.ts';
import { guidanceFor } from '../../../src/issues/guidance/guidance.ts';
import { fixCases, fixValues } from '../../../src/issues/text/fix-values.ts';
import { fixList } from '../../../src/issues/text/fix-list.ts';
import { resourceLink } from '../../../src/issues/text/resource-link.ts';
import { resourceWords } from '../../../src/issues/text/resource-words.ts';
import { adfWords } from '../../support/jira/adf-check.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const findingFor = (resourceType: string, resource: string): Finding =>
  findingOf(externalEvent({ detail: { resourceType, resource, region: 'eu-west-1', action: ['garden:Read'] } }));

test('every type that Access Analyzer reports or checks has one entry, and no other type has', () => {
  const known = new Set<string>([...Object.values(ResourceType), ...Object.values(AccessCheckResourceType)]);
  // AWS reports a multi-Region access point as its bucket.
  expect(Object.keys(RESOURCE_TYPES).toSorted()).toEqual([...known, 'AWS::S3::MultiRegionAccessPoint'].toSorted());
  // Only a user has nothing that outside principals could reach.
  const unguided = Object.entries(RESOURCE_TYPES).flatMap(([name, { guidance }]) => (guidance === undefined ? [name] : []));
  expect(unguided).toEqual([ResourceType.AWS_IAM_USER]);
});

test('Security Hub has one name for each type', () => {
  const names = Object.values(RESOURCE_TYPES).flatMap(({ securityHubType }) => securityHubType ?? []);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^Aws[A-Z][A-Za-z0-9]+$/);
});

test.each(Object.entries(RESOURCE_TYPES))('the entry of %s fits its ARNs', (name, { words, arn: form, exampleArn, page }) => {
  const arn = parseArn(exampleArn);
  expect(arn !== null && hasForm(arn, form)).toBe(true);
  expect(words).toMatch(/^[A-Za-z0-9]/);
  expect(words).not.toBe(resourceWords(name, {}));
  const known = resourceName(exampleArn);
  expect(known).not.toBe('');
  expect(exampleArn).toContain(known);
  const link = resourceLink(findingFor(name, exampleArn));
  expect(link === null).toBe(page === undefined);
  expect(decodeURIComponent(link ?? known)).toContain(known);
});

/** The whole of what a new type needs. */
const WITH_GARDEN: ResourceTypes = {
  ...RESOURCE_TYPES,
  'AWS::Garden::Tree': {
    words: 'garden tree',
    arn: { service: 'garden', kind: 'tree/', name: (rest) => rest.replace(/@.*$/s, '') },
    exampleArn: 'arn:aws:garden:eu-west-1:444455556666:tree/north/oak@7',
    page: { address: 'https://{region}.{host}/garden/{name}?account={account}&name={name}' },
    isMasterKey: true,
    values: (arn) => ({ ring: arn.slice(arn.indexOf('@') + 1) }),
    guidance: {
      about: 'A tree holds apples',
      publicRisk: 'Apples are eaten.',
      steps: [
        { text: 'Fence {name}:', commands: ['aws garden put-fence --tree {name} --ring {ring} --region {region}'] },
        { when: 'shared', text: 'Ask the neighbour.' },
      ],
      source: 'https://docs.aws.amazon.com/garden/latest/dg/trees.html',
    },
  },
};

test('one entry gives a new type its words, name, page, severity and guidance; without it the type works with general ones', () => {
  const tree = findingFor('AWS::Garden::Tree', WITH_GARDEN['AWS::Garden::Tree']?.exampleArn ?? '');
  const seen = (types: ResourceTypes) => ({
    words: resourceWords(tree.resourceType, types),
    name: resourceName(tree.resource, types),
    page: resourceLink(tree, types),
    severity: severityOf(tree, types),
    about: guidanceFor(tree.resourceType, types).about,
    steps: adfWords(fixList(guidanceFor(tree.resourceType, types).steps, fixCases(tree, true, types), fixValues(tree, true, types), 'x')),
  });
  expect(seen(WITH_GARDEN)).toEqual({
    words: 'garden tree',
    name: 'north/oak',
    page: 'https://eu-west-1.console.aws.amazon.com/garden/north/oak?account=444455556666&name=north%2Foak',
    severity: 'critical',
    about: 'A tree holds apples',
    steps: expect.stringMatching(/Fence north\/oak:\s+aws garden put-fence --tree north\/oak --ring 7 --region eu-west-1\s*$/),
  });
  expect(seen(RESOURCE_TYPES)).toEqual({
    words: 'Garden Tree',
    name: 'north/oak@7',
    page: null,
    severity: 'high',
    about: 'This resource has a policy of its own, which says who may use it',
    steps: expect.stringContaining('Find the policy of the resource'),
  });
});

test('a name that every object has is no type', () => {
  expect(resourceTypeOf('constructor')).toBeUndefined();
});
