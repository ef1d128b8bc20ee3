import { createNetwork, type Network } from '../../../src/network/create-network.ts';

/** A network without proxies. */
export const DIRECT: Network = createNetwork({ httpsProxy: null, httpProxy: null, noProxy: '' });

export const directFetch = DIRECT.fetch;
