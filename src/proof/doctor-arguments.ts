import { parseArgs } from 'node:util';
import { isJsonObject, type JsonObject } from '../findings/json.ts';

/** The arguments of `npm run doctor`. */
export interface DoctorArguments {
  /** Null: Jira is not checked. */
  readonly live: LiveArguments | null;
  readonly aws: boolean;
  readonly asJson: boolean;
}

export interface LiveArguments {
  readonly projectKey: string;
  readonly issueType: string;
  /** As a rule gives them. */
  readonly fields: JsonObject;
  readonly searchMs: number;
  /** False: the person at the terminal has to type the key. */
  readonly isConfirmed: boolean;
}

const USAGE =
  'npm run doctor -- --live PROJECT [--yes] [--issue-type Task] [--fields JSON] [--search-seconds 300], or --aws, or both; [--json]';

const PROJECT_KEY = /^[A-Z][A-Z0-9_]+$/;

/** @throws Error with a line for the terminal */
export function readArguments(argv: readonly string[]): DoctorArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      live: { type: 'string' },
      aws: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'issue-type': { type: 'string', default: 'Task' },
      fields: { type: 'string', default: '{}' },
      'search-seconds': { type: 'string', default: '300' },
    },
  });
  const { live, aws, yes, json } = values;
  if (live === undefined && !aws) throw new Error(`nothing to check: ${USAGE}`);
  return { live: live === undefined ? null : liveArguments(live, values, yes), aws, asJson: json };
}

function liveArguments(
  projectKey: string,
  values: { readonly 'issue-type': string; readonly fields: string; readonly 'search-seconds': string },
  isConfirmed: boolean,
): LiveArguments {
  if (!PROJECT_KEY.test(projectKey)) throw new Error('--live: expected the key of a project, such as SEC');
  const seconds = Number(values['search-seconds']);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3_600)
    throw new Error('--search-seconds: expected a whole number from 1 to 3600');
  return { projectKey, issueType: values['issue-type'], fields: fieldsFrom(values.fields), searchMs: seconds * 1_000, isConfirmed };
}

function fieldsFrom(text: string): JsonObject {
  try {
    const fields: unknown = JSON.parse(text);
    if (isJsonObject(fields)) return fields;
  } catch {
    // The line below is for both.
  }
  throw new Error('--fields: expected a JSON object, such as {"Cost centre": "4711"}');
}
