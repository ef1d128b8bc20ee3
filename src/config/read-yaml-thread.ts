import { parentPort, workerData } from 'node:worker_threads';
import { readYaml } from './read-yaml.ts';

/** Reads one text in a thread of its own, for `rules-text.ts`. */
// A port of a thread knows no origins, as a window does.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(readYaml(String(workerData)));
