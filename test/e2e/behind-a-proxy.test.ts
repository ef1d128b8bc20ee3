import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent } from '../support/findings/findings-by-number.ts';
import { startForwardProxy, startTlsFront } from '../support/servers/forward-proxy.ts';
import { createPrivateCa } from '../support/servers/private-ca.ts';
import { environmentFor, startService, testFolder } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

const portOf = (url: string): number => Number(new URL(url).port);

/** No resolver knows names below .test, so that only the proxy leads to these. */
const [JIRA, SQS] = ['jira.inside.test', 'sqs.inside.test'];

test(
  'behind a proxy with credentials, with a Jira whose certificate is from a private authority: a finding becomes an issue; the proxy gone, none is lost or doubled',
  { timeout: 180_000 },
  async () => {
    const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
    onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
    const ca = createPrivateCa();
    const proxy = await startForwardProxy({
      [JIRA]: await startTlsFront(ca.serverCertificate([JIRA]), portOf(jira.url)),
      [SQS]: portOf(sqs.endpoint),
    });
    const folder = testFolder();
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, ca.cert);
    const env = {
      ...environmentFor(sqs, jira),
      DATA_DIR: folder,
      JIRA_BASE_URL: `https://${JIRA}`,
      // The configured endpoint goes first: this host leads nowhere.
      SQS_QUEUE_URL: `http://elsewhere.inside.test${new URL(sqs.queueUrl).pathname}`,
      AWS_ENDPOINT_URL_SQS: `http://${SQS}`,
      https_proxy: proxy.url,
      HTTPS_PROXY: 'http://127.0.0.1:1',
      HTTP_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: caFile,
    };
    const service = await startService(env);
    await sqs.send(JSON.stringify(numberedEvent(1, 10)));
    await until(() => jira.issues().length === 1, 'the issue is open', 60_000);
    expect(new Set(proxy.seen.filter((line) => line.startsWith('CONNECT')))).toEqual(new Set([`CONNECT ${JIRA}:443`]));
    expect(new Set(proxy.seen.filter((line) => !line.startsWith('CONNECT')))).toEqual(new Set([`POST http://${SQS}/`]));
    const doctor = async (): Promise<string> => JSON.stringify(await service.json('/api/v1/doctor'));
    expect(await doctor()).toContain('Jira knows the account');

    // A create for which there is no tunnel was not sent: nothing has to be looked up, and the next try makes the one issue.
    proxy.fail('502');
    await sqs.send(JSON.stringify(numberedEvent(2, 10)));
    const failures = async (): Promise<string> => JSON.stringify(await service.json('/api/v1/failures'));
    await until(async () => (await failures()).includes('ERR_PROXY_TUNNEL'), 'the failure names the tunnel', 60_000);
    expect(await doctor()).toContain('ERR_PROXY_TUNNEL');
    proxy.fail('none');
    await until(() => jira.issues().length === 2, 'the second issue is open', 60_000);
    expect(jira.history().filter(({ operation }) => operation === 'POST /issue')).toHaveLength(2);
    expect(await service.end('SIGTERM')).toBe(0);
    for (const secret of [proxy.password, encodeURIComponent(proxy.password), jira.credentials.apiToken])
      expect(service.output()).not.toContain(secret);
    expect(service.output()).not.toContain('differs from SQSClient resolved endpoint');
  },
);
