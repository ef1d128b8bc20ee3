import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSqsDeadLetters } from '../../src/intake/sqs-dead-letters.ts';
import { AWS_ASSUMPTIONS, type AwsAssumption } from '../../src/proof/aws-assumptions.ts';
import { isAsAssumed, type Proof } from '../../src/proof/proof.ts';
import { proveAws, type AwsProofOptions } from '../../src/proof/prove-aws.ts';
import type { AccessAnalyzerSimulator } from '../../src/sandbox/access-analyzer/access-analyzer-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { createSqsClient } from '../../src/intake/sqs-queue.ts';
import { DIRECT } from '../support/servers/direct-network.ts';
import { externalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { detailsSource, openAnalyzer, sdkClient, unusedServices, useEnvironment } from '../support/servers/access-analyzer.ts';

interface Site {
  readonly options: AwsProofOptions;
  readonly analyzer: AccessAnalyzerSimulator;
  readonly sqs: SqsEmulator;
}

async function openSite(): Promise<Site> {
  const [analyzer, sqs] = await Promise.all([openAnalyzer(), startSqsEmulator()]);
  analyzer.follow(externalEvent());
  analyzer.follow(unusedEvent(), { findingDetails: unusedServices(1, 0) });
  useEnvironment({
    AWS_ENDPOINT_URL_SQS: sqs.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const client = createSqsClient({ agents: DIRECT.agents(), log: { warn: () => undefined }, endpoint: sqs.endpoint });
  onTestFinished(async () => {
    client.destroy();
    await sqs.close();
  });
  const queues = [createSqsDeadLetters(client, sqs.queueUrl, null)];
  return { options: { analyzers: sdkClient(analyzer), details: detailsSource(analyzer), sqs: client, queues }, analyzer, sqs };
}

/** Middleware of the SDK that changes the question or the answer of one command. */
function spoiling(
  command: string,
  spoil: { readonly input?: (input: object) => Promise<void>; readonly output?: (output: object) => void },
) {
  return <Asked extends { readonly input: object }, Got extends { readonly output: object }>(
    next: (args: Asked) => Promise<Got>,
    { commandName }: { readonly commandName?: string },
  ) =>
    async (args: Asked): Promise<Got> => {
      if (commandName !== command) return next(args);
      await spoil.input?.(args.input);
      const got = await next(args);
      spoil.output?.(got.output);
      return got;
    };
}

/** As if SQS accepted any handle: the call gets one that is valid. */
async function useValidHandle({ options, sqs }: Site, input: object): Promise<void> {
  await sqs.send('{}');
  const { Messages = [] } = await options.sqs.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl }));
  Object.assign(input, { ReceiptHandle: Messages[0]?.ReceiptHandle });
}

function verdicts({ observations }: Proof, verdict: string): readonly string[] {
  return observations.filter((one) => one.verdict === verdict).map(({ assumption }) => assumption);
}

const UNOBSERVABLE = Object.entries(AWS_ASSUMPTIONS).flatMap(([id, one]) => ('unobservable' in one ? [id] : []));

test('an account that is as assumed: nothing is changed, and no message is received', async () => {
  const { options, analyzer, sqs } = await openSite();
  await sqs.send('{}');
  const proof = await proveAws(options);
  expect(proof.observations.filter(({ verdict }) => verdict !== 'as assumed').map(({ assumption }) => assumption)).toEqual(UNOBSERVABLE);
  expect(isAsAssumed(proof)).toBe(true);
  expect(await sqs.depth()).toEqual({ waiting: 1, inFlight: 0, deadLettered: 0 });
  expect(new Set(analyzer.history().map(({ operation }) => operation))).toEqual(
    new Set(['ListAnalyzers', 'ListFindingsV2', 'GetFindingV2']),
  );
});

describe('an account that breaks one assumption', () => {
  const analyzers = ({ options }: Site, command: string, output: (output: object) => void): void =>
    options.analyzers.middlewareStack.add(spoiling(command, { output }), { step: 'initialize' });
  const sqs = ({ options }: Site, command: string, spoil: Parameters<typeof spoiling>[1]): void =>
    options.sqs.middlewareStack.add(spoiling(command, spoil), { step: 'initialize' });
  const attributes = (site: Site, changes: object): void =>
    sqs(site, 'GetQueueAttributesCommand', { output: (output) => of(output, 'Attributes', changes) });

  const BREACHES: readonly (readonly [AwsAssumption, (site: Site) => void])[] = [
    ['analyzer-list', (site) => analyzers(site, 'ListAnalyzersCommand', (output) => firstOf(output, 'analyzers', { type: undefined }))],
    ['finding-list', (site) => analyzers(site, 'ListFindingsV2Command', (output) => firstOf(output, 'findings', { updatedAt: undefined }))],
    ['finding-details', ({ analyzer }) => analyzer.faults.next.push({ on: 'GetFindingV2', fault: 'garbage' })],
    ['detail-kinds', ({ analyzer }) => analyzer.follow(externalEvent(), { findingDetails: [{ futureAccessDetails: {} }] })],
    ['queue-attributes', (site) => attributes(site, { VisibilityTimeout: 'PT30S' })],
    ['redrive-policy', (site) => attributes(site, { RedrivePolicy: '{}' })],
    ['right-before-handle', (site) => sqs(site, 'ChangeMessageVisibilityCommand', { input: (input) => useValidHandle(site, input) })],
  ];

  test('can break every one that can be observed', () => {
    const observable = Object.keys(AWS_ASSUMPTIONS).filter((id) => !UNOBSERVABLE.includes(id));
    expect(BREACHES.map(([id]) => id)).toEqual(observable);
  });

  test.each(BREACHES)('%s: it is named, and only it', async (broken, spoil) => {
    const site = await openSite();
    spoil(site);
    const proof = await proveAws(site.options);
    expect([verdicts(proof, 'different'), isAsAssumed(proof)]).toEqual([[broken], false]);
  });
});

test('without the rights nothing is proven, and nothing is called different', async () => {
  const { options, analyzer, sqs } = await openSite();
  analyzer.faults.down = true;
  sqs.faults.refused = { GetQueueAttributes: 'access-denied', ChangeMessageVisibility: 'access-denied' };
  const proof = await proveAws(options);
  expect([verdicts(proof, 'different'), verdicts(proof, 'as assumed'), isAsAssumed(proof)]).toEqual([[], [], false]);
});

function firstOf(answer: object, list: string, changes: object): void {
  const [first] = Object.entries(answer).flatMap(([name, value]): unknown[] => (name === list && Array.isArray(value) ? value : []));
  if (typeof first === 'object' && first !== null) Object.assign(first, changes);
}

function of(answer: object, name: string, changes: object): void {
  const found = Object.entries(answer).find(([one]) => one === name)?.[1];
  if (typeof found === 'object' && found !== null) Object.assign(found, changes);
}
