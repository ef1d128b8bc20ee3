import { pino, type DestinationStream, type LevelWithSilent, type Logger } from 'pino';
import { describeError } from './describe-error.ts';

export interface LoggerOptions {
  readonly level: LevelWithSilent;
  /** Where the lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/** Fields that must not appear in a log, in any object, up to four levels deep. */
const SECRET_KEYS = [
  'authorization',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'token',
  'tokens',
  'apiToken',
  'bearerToken',
  'password',
  'secret',
  'credentials',
  'headers',
  'body',
  'rawBody',
];

const LEVELS_DEEP = ['', '*.', '*.*.', '*.*.*.'];

/** A logger of JSON lines with ISO 8601 times. A last line of defence keeps secrets and bodies out; nothing should log them in the first place. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
    redact: { paths: LEVELS_DEEP.flatMap((above) => SECRET_KEYS.map((key) => `${above}${pathPart(key)}`)), censor: '[redacted]' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function pathPart(key: string): string {
  return /^[A-Za-z]+$/.test(key) ? key : `["${key}"]`;
}
