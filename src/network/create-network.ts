import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { createFetch, type Fetch } from './fetch.ts';

/** The proxies of this process, checked by the configuration. */
export interface ProxySettings {
  /** For https addresses; null: none. May hold credentials. */
  readonly httpsProxy: string | null;
  /** For http addresses; null: none. May hold credentials. */
  readonly httpProxy: string | null;
  /** Hosts that are reached without a proxy, in the form of `proxyEnv` of Node.js; empty: none. */
  readonly noProxy: string;
}

/** Connections of one client. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** The one way out of the process for everything that speaks HTTP. */
export interface Network {
  readonly fetch: Fetch;
  /** New ones, since a client of the AWS SDK destroys its agents at its end. */
  agents(): Agents;
}

/**
 * A connection that was idle for longer is closed. Gateways forget idle connections without a word, and a create on one of them would be
 * uncertain.
 */
const IDLE_MS = 4_000;

/**
 * A proxy has so long to open a tunnel, ms; after that its connection is closed. Node.js takes this from the timeout of the agent. Requests
 * are not ended by it: their callers limit them.
 */
const TUNNEL_MS = 30_000;

/**
 * Addresses that are never asked of a proxy: this machine, and the link-local ones where AWS gives credentials, to this machine alone.
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html,
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
const ALWAYS_DIRECT =
  '.localhost,127.0.0.0-127.255.255.255,::1,[::1],169.254.0.0-169.254.255.255,fd00:ec2::254,[fd00:ec2::254],fd00:ec2::23,[fd00:ec2::23]';

/** Every client gets its connections here, so that all obey the same proxies. */
export function createNetwork(proxies: ProxySettings): Network {
  const agents = (): Agents => {
    const options = { keepAlive: true, timeout: TUNNEL_MS, proxyEnv: proxyEnv(proxies) };
    return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  };
  const own = agents();
  closeWhenIdle(own.httpAgent);
  closeWhenIdle(own.httpsAgent);
  return { fetch: createFetch(own), agents };
}

function proxyEnv({ httpsProxy, httpProxy, noProxy }: ProxySettings): NodeJS.ProcessEnv {
  return {
    ...(httpsProxy === null ? {} : { HTTPS_PROXY: httpsProxy }),
    ...(httpProxy === null ? {} : { HTTP_PROXY: httpProxy }),
    NO_PROXY: noProxy === '' ? ALWAYS_DIRECT : `${ALWAYS_DIRECT},${noProxy}`,
  };
}

/** The agent destroys an idle connection at the timeout of its socket. */
function closeWhenIdle(agent: HttpAgent): void {
  const keep = agent.keepSocketAlive.bind(agent);
  const reuse = agent.reuseSocket.bind(agent);
  agent.keepSocketAlive = (socket) => {
    // False, whatever its type says: the server announces to close it soon.
    const isKept: unknown = keep(socket);
    if (socket instanceof Socket) socket.setTimeout(IDLE_MS);
    return isKept;
  };
  agent.reuseSocket = (socket, request) => {
    if (socket instanceof Socket) socket.setTimeout(TUNNEL_MS);
    reuse(socket, request);
  };
}
