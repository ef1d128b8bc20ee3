import { parentPort, workerData } from 'node:worker_threads';
import { readYaml } from './read-yaml.ts';

/** Reads one text in its own thread, for `rules-text.ts`. */
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread leads to one place only
parentPort?.postMessage(readYaml(String(workerData)));
