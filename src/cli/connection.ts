import { CommandFailed, EXIT } from './exit-code.ts';

/** Where the service is, and the token for it. */
export interface Connection {
  /** Ends with `/`. */
  readonly url: string;
  /** The variable was not set. */
  readonly isUsualUrl: boolean;
  readonly token: string | null;
}

/** The address at which the service and the demo answer, unless they are configured otherwise. */
const USUAL_URL = 'http://127.0.0.1:8080';

/** Reads `F2J_URL` and `F2J_TOKEN`. @throws CommandFailed */
export function readConnection(env: Readonly<Record<string, string | undefined>>): Connection {
  const given = env['F2J_URL'] ?? '';
  const url = URL.parse(given === '' ? USUAL_URL : given);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '')
    throw new CommandFailed(
      EXIT.usage,
      'F2J_URL: expected the address of the service, such as https://f2j.example.com, without a token in it',
    );
  const token = (env['F2J_TOKEN'] ?? '').trim();
  // The value is a secret and is not shown.
  if (!/^[\x21-\x7e]*$/.test(token))
    throw new CommandFailed(EXIT.usage, 'F2J_TOKEN: expected the token alone, in one line, without Bearer before it');
  return { url: url.href.endsWith('/') ? url.href : `${url.href}/`, isUsualUrl: given === '', token: token === '' ? null : token };
}
