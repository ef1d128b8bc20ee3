import { certificateProblem } from '../network/certificate-problem.ts';
import type { Refusal } from '../pipeline/ports/details-source.ts';

/** AWS may give any number, and the header may come from another server. */
const MAX_AFTER_MS = 15 * 60_000;

const DENIED = /^(AccessDenied|NotAuthorized|OptInRequired)/;
const EXPIRED = /^(ExpiredToken|RequestExpired)/;
const NOT_ACCEPTED =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|MissingAuthenticationToken|IncompleteSignature)/;
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceeded)/;

/** Network errors of the SDK and of Node.js: AWS did not answer. */
const UNREACHED =
  /^(TimeoutError|AbortError|ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ERR_TLS|ERR_PROXY|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/;

/** The request, for the message about its refusal. */
export interface Question {
  /** The name of the permission in IAM. */
  readonly right: string;
  /** Empty: it concerns no single analyzer. */
  readonly analyzerArn: string;
  /** The analyzer's account; empty: as above. */
  readonly accountId: string;
}

interface Row {
  readonly when: (parts: ErrorParts) => boolean;
  readonly says: (parts: ErrorParts, question: Question) => Refusal;
}

const named =
  (names: RegExp) =>
  ({ name }: ErrorParts): boolean =>
    names.test(name);

/**
 * The meaning of an SDK error: the first row that fits. The error's own text is not passed on, since it may hold anything.
 * Sources: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/CommonErrors.html and the errors that each call lists.
 */
const TABLE: readonly Row[] = [
  {
    when: named(/credential|TokenProvider/i),
    says: () => refusal('not-configured', 'the service has no AWS credentials to ask with; it needs a role or keys', 'all'),
  },
  {
    when: (parts) => named(THROTTLED)(parts) || parts.status === 429,
    says: ({ afterMs }) => refusal('throttled', 'AWS asked to slow down', 'finding', afterMs),
  },
  {
    when: named(EXPIRED),
    says: () => refusal('denied', 'the AWS credentials of the service have expired; they must be renewed', 'all'),
  },
  {
    when: named(NOT_ACCEPTED),
    says: () => refusal('denied', 'AWS does not accept the credentials of the service', 'all'),
  },
  {
    when: (parts) => named(DENIED)(parts) || parts.status === 401 || parts.status === 403,
    says: (_parts, question) => denied(question),
  },
  {
    when: (parts) => named(/^ResourceNotFound/)(parts) || parts.status === 404,
    says: ({ resourceType }, question) => notFound(resourceType, question),
  },
  {
    when: ({ name, code }) => UNREACHED.test(name) || UNREACHED.test(code),
    says: ({ name, code }) => refusal('unavailable', notReached(code || name), 'finding'),
  },
  {
    when: ({ status }) => status !== null && status >= 500,
    says: ({ status, afterMs }) => refusal('unavailable', `AWS failed (${status})`, 'finding', afterMs),
  },
  {
    when: ({ status }) => status !== null && status >= 400,
    says: ({ name }) => refusal('bad-answer', `AWS did not take the question (${name})`, 'finding'),
  },
];

/** @see TABLE */
export function refusalFrom(error: unknown, question: Question): Refusal {
  const parts = partsOf(error);
  return TABLE.find(({ when }) => when(parts))?.says(parts, question) ?? badAnswer('an answer that could not be read');
}

function notReached(code: string): string {
  const certificate = certificateProblem(code);
  return certificate === null
    ? `AWS was not reached (${code})`
    : `AWS was not reached (${code}): ${certificate.message}. ${certificate.advice}`;
}

/** @param what the content that came instead of an answer */
export function badAnswer(what: string): Refusal {
  return refusal('bad-answer', `AWS gave ${what}`, 'finding');
}

/** The analyzer can't be asked: its ARN names no possible Region. */
export function noSuchRegion(): Refusal {
  return refusal('not-configured', 'the ARN of the analyzer names no Region of AWS', 'analyzer');
}

function denied({ right, accountId }: Question): Refusal {
  const where = accountId === '' ? '' : ` on the analyzer in account ${accountId}, and must be a role of that account`;
  return refusal('denied', `AWS does not let the service ask; its role needs ${right}${where}`, 'analyzer');
}

/** AWS names the missing resource. A missing analyzer proves nothing about the access, and neither does a missing finding. */
function notFound(resourceType: string, { analyzerArn }: Question): Refusal {
  return /analyzer/i.test(resourceType)
    ? refusal('not-configured', `AWS knows no analyzer ${analyzerArn.slice(0, 300)}`, 'analyzer')
    : refusal('gone', 'AWS does not know the finding any more', 'finding');
}

function refusal(code: Refusal['code'], message: string, concerns: Refusal['concerns'], afterMs: number | null = null): Refusal {
  return { code, message, concerns, afterMs };
}

interface ErrorParts {
  readonly name: string;
  /** Node.js' own code, such as ENOTFOUND. */
  readonly code: string;
  readonly status: number | null;
  readonly resourceType: string;
  readonly afterMs: number | null;
}

function partsOf(error: unknown): ErrorParts {
  const raw: Readonly<Record<string, unknown>> = typeof error === 'object' && error !== null ? { ...error } : {};
  const name = error instanceof Error ? error.name : '';
  const metadata = raw['$metadata'];
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : null;
  const seconds = Number(raw['retryAfterSeconds']);
  return {
    name,
    code: typeof raw['code'] === 'string' ? raw['code'] : '',
    status: typeof status === 'number' ? status : null,
    resourceType: typeof raw['resourceType'] === 'string' ? raw['resourceType'] : '',
    afterMs: seconds > 0 ? Math.min(MAX_AFTER_MS, Math.ceil(seconds * 1_000)) : null,
  };
}
