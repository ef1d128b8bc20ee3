/** Why a message could not be read, with what to do. @type {Readonly<Record<string, import('../../words.js').Word>>} */
export const UNREADABLE = {
  'not-json': { word: 'Not JSON', tone: 'medium', hint: 'Find out who writes into the queue.' },
  'too-deep': { word: 'Nested too deeply', tone: 'medium', hint: 'Find out who writes into the queue.' },
  'not-an-event': { word: 'Not an event', tone: 'medium', hint: 'Remove the transformer that makes a text or an object of its own.' },
  'foreign-source': { word: 'Event of another service', tone: 'low', hint: 'Narrow the EventBridge rule.' },
  'test-source': { word: 'Event of a test', tone: 'low', hint: 'Find out who sends samples.' },
  'unknown-detail-type': {
    word: 'Unknown type of event',
    tone: 'medium',
    hint: 'Narrow the EventBridge rule; report the type if AWS has a new one.',
  },
  'not-a-finding': { word: 'Not a finding', tone: 'high', hint: 'Something is missing in it; report it with the place.' },
  'account-not-allowed': {
    word: 'Account not allowed',
    tone: 'high',
    hint: 'Add the account to ALLOWED_ACCOUNTS, or narrow the EventBridge rule.',
  },
};
