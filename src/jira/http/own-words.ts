import { isJsonObject, type Json } from '../../findings/json.ts';
import { jsonSize } from '../../rules/json-size.ts';

/** Characters that are kept of Jira's words. */
const MAX_WORDS = 1_000;

/**
 * Jira's own words in a refusal, cut; null: it has none. Jira sends `errorMessages`, and `errors` by field; its other APIs and the gateway
 * of api.atlassian.com send `errorMessage`, `message` or a list of `errors`. Nothing else of an answer is ever kept.
 */
export function ownWords(json: unknown): string | null {
  if (!isJsonObject(json)) return null;
  const { errorMessages, errorMessage, message, errors } = json;
  const raw = [...listOf(errorMessages), ...[errorMessage, message].filter((one) => typeof one === 'string'), ...listOf(errors)];
  const byField = isJsonObject(errors) ? Object.entries(errors).map(([field, one]) => `${field}: ${plain(one)}`) : [];
  const words = [...raw.map(plain), ...byField]
    .filter((one) => one !== '')
    .join(' ')
    .slice(0, MAX_WORDS);
  return words === '' ? null : words;
}

function listOf(raw: Json | undefined): readonly Json[] {
  return Array.isArray(raw) ? raw : [];
}

/** Jira sends texts here, or objects with one; a proxy in front of it may send anything, as large and as deep as it likes. */
function plain(raw: Json): string {
  if (typeof raw === 'string') return raw;
  if (isJsonObject(raw) && typeof raw['message'] === 'string') return raw['message'];
  return jsonSize(raw, MAX_WORDS) > MAX_WORDS ? '…' : JSON.stringify(raw);
}
