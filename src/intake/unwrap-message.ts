import { parseArn } from '../findings/arn.ts';
import { isJsonObject, jsonShape, type JsonObject } from '../findings/json.ts';
import { refusal, type Ignored, type Refusal } from './message-part.ts';

/** A message's content without its envelopes. */
export type Unwrapped = { readonly kind: 'content'; readonly content: JsonObject } | Ignored | Refusal;

/** Deeper than any event of AWS; recursion over a message must not run out of stack. */
const MAX_DEPTH = 64;

/** A topic behind a topic, each with a transformer that makes a text, are four. */
const MAX_ENVELOPES = 4;

/**
 * Removes the envelopes that an event may have: an SNS notification (without raw message delivery), and JSON written as a JSON text
 * (by an input transformer).
 * Source of the SNS forms: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 */
export function unwrapMessage(body: string): Unwrapped {
  let text = body;
  for (let opened = 0; opened <= MAX_ENVELOPES; opened += 1) {
    if (jsonShape(text).depth > MAX_DEPTH) return refusal('too-deep', '', `expected at most ${MAX_DEPTH} levels of nesting`);
    const raw = parseJson(text);
    if (raw === undefined) return refusal('not-json', opened === 0 ? '' : 'Message', 'expected JSON');
    const inner = typeof raw === 'string' ? raw : notificationText(raw);
    if (inner === null) return isJsonObject(raw) ? (subscriptionMessage(raw) ?? { kind: 'content', content: raw }) : notAnEvent();
    text = inner;
  }
  return refusal('too-deep', '', `expected at most ${MAX_ENVELOPES} envelopes`);
}

export function notAnEvent(): Refusal {
  return refusal('not-an-event', '', 'expected an event of EventBridge with source, detail-type and detail, or the detail of a finding');
}

function notificationText(raw: unknown): string | null {
  return isJsonObject(raw) && raw['Type'] === 'Notification' && typeof raw['Message'] === 'string' ? raw['Message'] : null;
}

/** A message of SNS about the subscription itself. Its `SubscribeURL` is never fetched: any sender can write one into a queue. */
function subscriptionMessage({ Type, TopicArn }: JsonObject): Ignored | null {
  const topicArn = typeof TopicArn === 'string' && TopicArn.length <= 512 && parseArn(TopicArn)?.service === 'sns' ? TopicArn : '';
  if (Type === 'SubscriptionConfirmation') return { kind: 'ignored', because: 'subscription-confirmation', topicArn };
  return Type === 'UnsubscribeConfirmation' ? { kind: 'ignored', because: 'unsubscribe-confirmation', topicArn } : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
