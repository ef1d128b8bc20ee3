#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createTerminal } from './create-terminal.ts';
import { runF2j } from './run-f2j.ts';

/** `f2j`: the command line of the service. It speaks HTTP only; `preview` and `rules test` need no service at all. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

process.exitCode = await runF2j(process.argv.slice(2), createTerminal(), String(version));
