import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { notification, subscriptionMessage, TOPIC_ARN } from '../support/findings/message-shapes.ts';
import { readOne } from '../support/service/read-one.ts';

const event = JSON.stringify(externalEvent());

function findingIn(body: string): Finding {
  const part = readOne(body);
  if (part.kind !== 'finding') throw new Error(part.because);
  return part.finding;
}

test.each([
  ['a notification of SNS', notification(event)],
  ['a notification with nothing beside its message', JSON.stringify({ Type: 'Notification', Message: event })],
  ['a topic behind a topic', notification(notification(event))],
  ['an event written as a JSON text', JSON.stringify(event)],
  ['a notification of an event written as a JSON text', notification(JSON.stringify(event))],
  ['four envelopes', notification(JSON.stringify(notification(JSON.stringify(event))))],
])('%s: the same finding as from the raw event', (_, body) => {
  expect(findingIn(body)).toEqual(findingIn(event));
});

test.each([
  ['unused', unusedEvent()],
  ['internal', internalEvent()],
])('an %s finding in a notification', (kind, inner) => {
  expect(findingIn(notification(JSON.stringify(inner))).kind).toBe(kind);
});

const wrapped = (times: number): string => (times === 0 ? event : JSON.stringify(wrapped(times - 1)));

test.each<readonly [because: string, path: string, what: string, body: string]>([
  ['not-json', 'Message', 'a text that is no JSON', notification('ALARM: something happened')],
  ['not-json', 'Message', 'an empty text', notification('')],
  ['not-json', 'Message', 'a JSON text with no JSON in it', JSON.stringify('hello')],
  ['not-an-event', '', 'a number in a text', JSON.stringify('5')],
  ['not-an-event', '', 'a list in a notification', notification(`[${event}]`)],
  ['not-an-event', '', 'a message that is no text', JSON.stringify({ Type: 'Notification', Message: externalEvent() })],
  ['not-an-event', '', 'a notification of another kind', JSON.stringify({ Type: 'Reminder', Message: event })],
  ['foreign-source', 'source', 'the event of another service', notification(JSON.stringify(externalEvent({ source: 'aws.ec2' })))],
  ['not-a-finding', 'detail.status', 'a finding without status', notification(JSON.stringify(externalEvent({ detail: { status: 'x' } })))],
  ['too-deep', '', 'more nesting than any event has', notification('['.repeat(65) + ']'.repeat(65))],
  ['too-deep', '', 'five envelopes', wrapped(5)],
  ['too-deep', '', 'seven envelopes', wrapped(7)],
])('%s at "%s": %s; the message is kept as it came', (because, path, _, body) => {
  expect(readOne(body)).toMatchObject({ kind: 'unreadable', because, path, body });
});

test.each([
  ['SubscriptionConfirmation', 'subscription-confirmation'],
  ['UnsubscribeConfirmation', 'unsubscribe-confirmation'],
] as const)('%s names its topic, and nothing of it is followed', (type, because) => {
  expect(readOne(subscriptionMessage(type))).toEqual({ kind: 'ignored', because, topicArn: TOPIC_ARN });
  for (const TopicArn of [undefined, 5, 'https://evil.example/', 'arn:aws:sqs:us-west-2:1:findings', `${TOPIC_ARN}${'x'.repeat(600)}`]) {
    expect(readOne(subscriptionMessage(type, { TopicArn }))).toEqual({ kind: 'ignored', because, topicArn: '' });
  }
});
