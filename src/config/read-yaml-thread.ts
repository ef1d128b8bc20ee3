import { parentPort, workerData } from 'node:worker_threads';
import { readYaml } from './read-yaml.ts';

/** Reads one text in a thread of its own, for `rules-text.ts`. */
parentPort?.postMessage(readYaml(String(workerData)));
