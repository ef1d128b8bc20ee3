import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ENVIRONMENT_VARIABLES } from '../../src/config/environment-variables.ts';
import type { Json } from '../../src/findings/json.ts';
import { listOf, objectIn, TEMPLATES, readTemplate } from '../support/deploy/read-template.ts';
import { stackOf, type StackName } from '../support/deploy/stacks.ts';
import { ROOT, textOf } from '../support/docs/read-docs.ts';

/** What the containers of the templates may be given: the service's own variables, and those of the SDK and of the optional parts. */
const KNOWN = [
  ...ENVIRONMENT_VARIABLES.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
  'AWS_REGION',
  'AWS_CONFIG_FILE',
  'ACTOR_ROLE_NAME',
  'OWNER_ROLE_NAME',
];

const REQUIRED = ENVIRONMENT_VARIABLES.filter(({ required }) => required).map(({ name }) => name);

function userData(): string {
  return String(objectIn(objectIn(stackOf('hub: instance with all').resources, 'Instance'), 'Properties')['UserData']);
}

describe('the container of profile fargate', () => {
  const task = objectIn(objectIn(stackOf('hub: fargate with all').resources, 'Task'), 'Properties');
  const container = objectIn({ container: listOf(task['ContainerDefinitions'])[0] ?? null }, 'container');
  const names = [...listOf(container['Environment']), ...listOf(container['Secrets'])].map((one) =>
    String(objectIn({ one }, 'one')['Name']),
  );

  test('gets all that is required, and only variables that are read', () => {
    expect(names.filter((name) => !KNOWN.includes(name))).toEqual([]);
    expect(REQUIRED.filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['JIRA_API_TOKEN', 'ADMIN_TOKENS', 'REDIS_URL', 'MODE', 'INSTALLATION']));
  });

  test('gets every secret from a secret, and none in clear text', () => {
    const clear = listOf(container['Environment']).map((one) => String(objectIn({ one }, 'one')['Name']));
    const secrets = ENVIRONMENT_VARIABLES.filter(({ name, secret }) => secret && name !== 'JIRA_EMAIL').map(({ name }) => name);
    expect(clear.filter((name) => secrets.includes(name))).toEqual([]);
  });

  test('is asked for its health as the image is', () => {
    const [, image = ''] = /CMD \["node", "-e", "(.*)"\]/.exec(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
    const [, , , program = ''] = listOf(objectIn(container, 'HealthCheck')['Command']).map(String);
    expect(program.replaceAll('"', '`')).toBe(image.replaceAll('${process.env.HTTP_PORT || 8080}', '8080'));
  });
});

describe('the start of profile instance', () => {
  /** The parts of the message that AWS hands to cloud-init. */
  const parts = userData().split(/^--part(?:--)?$/m);
  const script = parts.find((part) => part.includes('text/x-shellscript'))?.replace(/^.*?\n\n/s, '') ?? '';
  const files = new Map([...script.matchAll(/^cat > (\S+) <<'END'\n(.*?)\nEND$/gms)].map(([, path = '', text = '']) => [path, text]));

  test('is a script that a shell can read, and so is the one that it writes', () => {
    expect(parts).toHaveLength(4);
    expect(script.startsWith('#!/bin/bash\nset -euo pipefail\n')).toBe(true);
    for (const text of [script, files.get('/etc/f2j/start') ?? '']) {
      expect(text.startsWith('#!/bin/bash')).toBe(true);
      const read = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
      expect([read.status, read.stderr]).toEqual([0, '']);
    }
    expect(userData().length).toBeLessThan(16_384);
  });

  test('gives the service all that is required, and only variables that are read; secrets as files in memory', () => {
    const lines = [
      ...(files.get('/etc/f2j/environment') ?? '').split('\n'),
      ...[...script.matchAll(/echo '(\w+=[^']*)' >> \/etc\/f2j\/environment$/gm)].map(([, line = '']) => line),
    ];
    const names = lines.map((line) => line.split('=')[0] ?? '');
    expect(names.length).toBeGreaterThan(12);
    expect(names.filter((name) => !KNOWN.includes(name))).toEqual([]);
    expect(REQUIRED.filter((name) => !names.includes(name))).toEqual([]);
    const secretFiles = lines.filter((line) => /_FILE=/.test(line) && !line.startsWith('AWS_')).map((line) => line.split('=')[1] ?? '');
    expect(secretFiles.length).toBe(2);
    for (const file of secretFiles) expect(files.get('/etc/f2j/start')).toContain(`' ${file.replace('/run/f2j/', '')}\n`);
  });

  test('formats no volume that has a store, and mounts it before the service starts', () => {
    expect(script).toContain('blkid "$device" || mkfs.ext4 -L f2j-store "$device"');
    expect(files.get('/etc/systemd/system/f2j.service')).toContain('Requires=docker.service srv-store.mount');
  });
});

describe('a proxy', () => {
  /** What the start of the instance writes for Docker and the service, as a shell runs it. */
  function proxyFile(stack: StackName): string {
    const data = String(objectIn(objectIn(stackOf(stack).resources, 'Instance'), 'Properties')['UserData']);
    const lines = data.split('\n').filter((line) => line.endsWith('> /etc/f2j/proxy'));
    expect(lines).toHaveLength(2);
    const shell = lines.join('\n').replaceAll('/etc/f2j/proxy', '"$0"');
    const path = join(mkdtempSync(join(tmpdir(), 'f2j-proxy-')), 'proxy');
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    expect(spawnSync('bash', ['-euc', shell, path], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    return readFileSync(path, 'utf8');
  }

  function given(stack: StackName): readonly Json[] {
    const task = objectIn(objectIn(stackOf(stack).resources, 'Task'), 'Properties');
    const environment = listOf(objectIn({ one: listOf(task['ContainerDefinitions'])[0] ?? null }, 'one')['Environment']);
    return environment.filter((one) => String(objectIn({ one }, 'one')['Name']).endsWith('_PROXY'));
  }

  test('is given to the service and let through, on both profiles', () => {
    expect(given('hub: fargate with all')).toEqual([
      { Name: 'HTTPS_PROXY', Value: 'http://proxy.example.com:8443' },
      { Name: 'NO_PROXY', Value: '.amazonaws.com,10.0.0.0/8' },
    ]);
    expect(proxyFile('hub: instance with all')).toBe('HTTPS_PROXY=http://proxy.example.com:8443\nNO_PROXY=.amazonaws.com,10.0.0.0/8\n');
    for (const stack of ['hub: fargate with all', 'hub: instance with all'] as const)
      expect(objectIn(objectIn(stackOf(stack).resources, 'ServiceToProxy'), 'Properties')).toMatchObject({
        FromPort: '8443',
        ToPort: '8443',
      });
  });

  test('is left out where there is none', () => {
    expect(given('hub: fargate with the least')).toEqual([]);
    expect(proxyFile('hub: instance with the least')).toBe('');
    for (const stack of ['hub: fargate with the least', 'hub: instance with the least'] as const)
      expect(stackOf(stack).resources).not.toHaveProperty('ServiceToProxy');
  });
});

describe('the commands of docs/deploy.md', () => {
  const commands = [...textOf('docs/deploy.md').matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.replaceAll('\\\n', ' ').split('\n'),
  );
  const ofTemplate = TEMPLATES.map(
    (name) => [name, commands.filter((command) => command.includes(`cloudformation/${name}.yaml`))] as const,
  );

  test.each(ofTemplate)(
    'give %s.yaml parameters that it has, all that have no default, and the capability that it needs',
    (name, lines) => {
      const parameters = objectIn(readTemplate(name), 'Parameters');
      // Without a default, or asked for by a rule that holds for the profile of the command.
      const asked = Object.values(objectIn(readTemplate(name), 'Rules')).filter((rule) => !JSON.stringify(rule).includes('"instance"'));
      const required = [
        ...Object.keys(parameters).filter((id) => objectIn(parameters, id)['Default'] === undefined),
        ...[...JSON.stringify(asked).matchAll(/"AssertDescription":"[^"]* needs (\w+)\."/g)].map(([, id = '']) => id),
      ];
      expect(required.length > 5).toBe(name === 'hub');
      const namesRoles = JSON.stringify(readTemplate(name)).includes('"RoleName"');
      expect(lines.length).toBeGreaterThan(0);
      expect(name !== 'hub' || lines.some((line) => line.includes(' Profile='))).toBe(true);
      for (const line of lines) {
        const given = [...line.matchAll(/ParameterKey=(\w+)/g), ...line.matchAll(/(?<=\s)([A-Z]\w+)=(?!true|false|PARALLEL)\S+/g)]
          .map(([, id = '']) => id)
          .filter((id) => id !== 'ParameterKey');
        expect(given.filter((id) => parameters[id] === undefined)).toEqual([]);
        // A stack that is there keeps the values of parameters that a command does not name. Only the hub is changed later; with its profile it is made.
        const makes = name !== 'hub' || given.includes('Profile');
        expect(makes ? required.filter((id) => !given.includes(id)) : []).toEqual([]);
        expect(line).toContain(namesRoles ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
      }
    },
  );

  test('need no bucket for a template', () => {
    // The longest text that the CLI takes: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    for (const name of TEMPLATES) expect(textOf(`deploy/cloudformation/${name}.yaml`).length).toBeLessThan(51_200);
  });
});
