import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/findings/json.ts';
import { manifestProblems } from '../support/deploy/manifest-problems.ts';
import { listOf, objectIn } from '../support/deploy/read-template.ts';
import { codesIn, rowsUnder, textOf } from '../support/docs/read-docs.ts';

const READ = ENVIRONMENT_VARIABLES.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])).concat('AWS_REGION');
const REQUIRED = ENVIRONMENT_VARIABLES.filter(({ required }) => required).map(({ name }) => name);

function objectsOf(file: string): readonly JsonObject[] {
  return parseAllDocuments(textOf(`deploy/kubernetes/${file}.yaml`), { uniqueKeys: true }).map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    const object: unknown = JSON.parse(JSON.stringify(document));
    return isJsonObject(object) ? object : {};
  });
}

function ofKind(objects: readonly JsonObject[], kind: string): JsonObject {
  return objects.find((object) => object['kind'] === kind) ?? {};
}

/** The value of each variable, or null where a secret has it. */
function variablesOf(container: JsonObject): ReadonlyMap<string, string | null> {
  const own = listOf(container['env'])
    .filter(isJsonObject)
    .map(({ name, value }): [string, string | null] => [String(name), value === undefined ? null : String(value)]);
  const shared = Object.entries(objectIn(ofKind(COMMON, 'ConfigMap'), 'data')).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return new Map([...shared, ...own]);
}

const COMMON = objectsOf('common');

function named(list: Json | undefined): readonly string[] {
  return listOf(list).map((one) => String(objectIn({ one }, 'one')['name']));
}

describe.each([
  ['redis', 'Deployment', ['STORE', 'REDIS_URL']],
  ['embedded', 'StatefulSet', ['STORE', 'DATA_DIR']],
] as const)('deploy/kubernetes/%s.yaml', (file, kind, own) => {
  const objects = objectsOf(file);
  const spec = objectIn(ofKind(objects, kind), 'spec');
  const template = objectIn(spec, 'template');
  const pod = objectIn(template, 'spec');
  const [first = null] = listOf(pod['containers']);
  const container = objectIn({ first }, 'first');
  const variables = variablesOf(container);

  test('gives the service all that is required, and only variables that are read', () => {
    expect([...variables.keys()].filter((name) => !READ.includes(name))).toEqual([]);
    expect(REQUIRED.filter((name) => !variables.has(name))).toEqual([]);
    expect([...variables.keys()]).toEqual(expect.arrayContaining([...own]));
    expect(variables.get('STORE')).toBe(file);
  });

  test('mounts each file that a variable names, and each volume that there is', () => {
    const mounts = listOf(container['volumeMounts']).filter(isJsonObject);
    const paths = mounts.map(({ mountPath }) => `${String(mountPath)}/`);
    const files = [...variables].flatMap(([name, value]) => (/_FILE$|^DATA_DIR$/.test(name) ? [`${value ?? ''}/`] : []));
    expect(files.filter((path) => !paths.some((mount) => path.startsWith(mount)))).toEqual([]);
    const claims = listOf(spec['volumeClaimTemplates']).map((claim) => String(objectIn(claim, 'metadata')['name']));
    expect(named(container['volumeMounts']).toSorted()).toEqual([...named(pod['volumes']), ...claims].toSorted());
  });

  test('has the probes of the documents, on a port that there is', () => {
    const probe = (name: string) => objectIn(objectIn(container, name), 'httpGet');
    expect([probe('startupProbe'), probe('livenessProbe'), probe('readinessProbe')].map(({ path }) => path)).toEqual([
      '/livez',
      '/livez',
      '/readyz',
    ]);
    const ports = named(container['ports']);
    for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) expect(ports).toContain(probe(name)['port']);
    expect(String(objectIn({ port: listOf(container['ports'])[0] ?? null }, 'port')['containerPort'])).toBe(variables.get('HTTP_PORT'));
    expect(Number(pod['terminationGracePeriodSeconds'])).toBeGreaterThanOrEqual(30);
  });

  test('runs without any right in the container and in the cluster', () => {
    expect(objectIn(pod, 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(objectIn(container, 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod['automountServiceAccountToken']).toBe(false);
    expect(Object.keys(pod).filter((name) => name.startsWith('host'))).toEqual([]);
  });

  test('is found by its own selector, the service and the network policy', () => {
    const labels = objectIn(objectIn(template, 'metadata'), 'labels');
    const selectors = [
      objectIn(objectIn(spec, 'selector'), 'matchLabels'),
      objectIn(objectIn(ofKind(COMMON, 'Service'), 'spec'), 'selector'),
      objectIn(objectIn(objectIn(ofKind(COMMON, 'NetworkPolicy'), 'spec'), 'podSelector'), 'matchLabels'),
    ];
    for (const selector of selectors) {
      expect(Object.keys(selector).length).toBeGreaterThan(0);
      expect(labels).toMatchObject(selector);
    }
    const space = objectIn(ofKind(COMMON, 'Namespace'), 'metadata')['name'];
    const spaces = [...COMMON, ...objects]
      .filter(({ kind: of }) => of !== 'Namespace')
      .map((object) => objectIn(object, 'metadata')['namespace']);
    expect(new Set(spaces)).toEqual(new Set([space]));
  });
});

/** The first object of the kind in the file, changed by one text in its JSON. */
function changed(file: string, kind: string, from: string, to: string): JsonObject {
  const before = JSON.stringify(ofKind(objectsOf(file), kind));
  expect(before).toContain(from);
  const after: unknown = JSON.parse(before.replace(from, to));
  return isJsonObject(after) ? after : {};
}

test('every object fits the schemas of the Kubernetes API; a wrong name, a wrong type and a missing field do not', () => {
  const whole = ['common', 'redis', 'embedded'].flatMap((file) =>
    objectsOf(file).map((object): [string, JsonObject] => [`${file}: ${String(object['kind'])}`, object]),
  );
  const broken: readonly [string, JsonObject, RegExp][] = [
    [
      'name',
      changed('redis', 'Deployment', '"readOnlyRootFilesystem"', '"readOnlyRootFileSystem"'),
      /'readOnlyRootFileSystem' does not exist/,
    ],
    ['type', changed('redis', 'Deployment', '"replicas":2', '"replicas":"2"'), /'string' is not assignable to type 'number'/],
    ['missing', changed('embedded', 'StatefulSet', '"serviceName":"findings-to-jira",', ''), /Property 'serviceName' is missing/],
    ['deep and missing', changed('embedded', 'StatefulSet', '"name":"secrets","mountPath"', '"mountPath"'), /Property 'name' is missing/],
    [
      'text for a list',
      changed('common', 'NetworkPolicy', '"cidr":"0.0.0.0/0","except":["169.254.169.254/32"]', '"cidr":"0.0.0.0/0","except":"x"'),
      /'string' is not assignable to type 'string\[\]'/,
    ],
    ['fraction', changed('redis', 'Deployment', '"replicas":2', '"replicas":2.5'), /^\/spec\/replicas: expected a whole number$/],
    [
      'value of a setting',
      changed('common', 'ConfigMap', '"HTTP_PORT":"8080"', '"HTTP_PORT":8080'),
      /'number' is not assignable to type 'string'/,
    ],
    ['version', changed('redis', 'Deployment', '"apps/v1"', '"apps/v1beta1"'), /Cannot find module/],
    ['kind', changed('common', 'Service', '"kind":"Service"', '"kind":"Servise"'), /has no exported member named 'Servise'/],
    ['metadata', changed('common', 'ServiceAccount', '"metadata"', '"annotations"'), /'annotations' does not exist/],
  ];
  const problems = manifestProblems(new Map([...whole, ...broken.map(([what, object]): [string, JsonObject] => [what, object])]));
  expect(whole.map(([name]) => [name, problems.get(name)])).toEqual(whole.map(([name]) => [name, []]));
  expect(whole.length).toBe(8);
  for (const [what, , problem] of broken)
    expect({ what, found: problems.get(what) }).toEqual({ what, found: [expect.stringMatching(problem)] });
});

test('the embedded store has one process, and the replicas on Redis start when all old ones have stopped', () => {
  expect(objectIn(ofKind(objectsOf('embedded'), 'StatefulSet'), 'spec')['replicas']).toBe(1);
  expect(objectIn(ofKind(objectsOf('redis'), 'Deployment'), 'spec')['strategy']).toEqual({ type: 'Recreate' });
});

test('the network policy lets in chosen name spaces only, and never out to the metadata of the instance', () => {
  const spec = objectIn(ofKind(COMMON, 'NetworkPolicy'), 'spec');
  expect(spec['policyTypes']).toEqual(['Ingress', 'Egress']);
  const from = listOf(spec['ingress']).flatMap((rule) => listOf(objectIn({ rule }, 'rule')['from']));
  expect(from.map((peer) => Object.keys(objectIn({ peer }, 'peer')))).toEqual([['namespaceSelector']]);
  const open = listOf(spec['egress'])
    .flatMap((rule) => listOf(objectIn({ rule }, 'rule')['to']))
    .map((peer) => objectIn(peer, 'ipBlock'))
    .filter(({ cidr }) => cidr === '0.0.0.0/0');
  expect(open).toEqual([{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }]);
});

test('docs/kubernetes.md names every secret and config map that the manifests expect', () => {
  const text = ['common', 'redis', 'embedded'].map((file) => textOf(`deploy/kubernetes/${file}.yaml`)).join('\n');
  const expected = new Set(
    [...text.matchAll(/(?:secretName|secretKeyRef: \{ name|configMap: \{ name): ([\w-]+)/g)].map(([, name = '']) => name),
  );
  const listed = rowsUnder(textOf('docs/kubernetes.md'), 'What you make yourself').flatMap(([name]) => codesIn(name));
  expect(new Set(listed)).toEqual(expected);
  expect(listed.length).toBe(3);
});
