import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/compile';
import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import { Faults, noFaults } from '../jira/faults.ts';
import type { JiraState } from '../jira/jira-state.ts';
import { PersonAction, type Person } from './people.ts';
import type { RequestHistory } from '../jira/request-history.ts';
import type { SimulatedIssue } from '../jira/simulated-issue.ts';

/** The parts of the simulator that the control routes use. */
export interface Controlled {
  readonly state: JiraState;
  readonly faults: Faults;
  readonly history: RequestHistory;
  readonly person: Person;
  reset(): void;
}

const ReadableFaults = Compile(Faults);
const ReadableAction = Compile(PersonAction);

/** For other processes, such as checkers: issues, history, faults, people and a reset. Not part of Jira, so without sign-in. */
export function serveControls(app: FastifyInstance, controlled: Controlled): void {
  const { state, faults, history } = controlled;
  app.get('/sandbox/issues', () => state.issues());
  app.get('/sandbox/history', () => history.entries());
  app.get('/sandbox/faults', () => faults);

  app.route({
    method: ['PUT', 'PATCH'],
    url: '/sandbox/faults',
    handler: (request, reply) => {
      if (!isJsonObject(request.body)) return reply.code(400).send({ message: 'Expected a JSON object' });
      const wanted: unknown = { ...(request.method === 'PUT' ? noFaults() : faults), ...request.body };
      if (!ReadableFaults.Check(wanted)) return reply.code(400).send({ message: problemOf(ReadableFaults.Errors(wanted)) });
      return reply.send(Object.assign(faults, wanted));
    },
  });

  app.post('/sandbox/reset', (_request, reply) => {
    controlled.reset();
    return reply.code(204).send();
  });

  app.post('/sandbox/people', (request, reply) => {
    const { body } = request;
    if (!ReadableAction.Check(body)) return reply.code(400).send({ message: problemOf(ReadableAction.Errors(body)) });
    try {
      return reply.send(act(controlled.person, body) ?? {});
    } catch (error) {
      return reply.code(409).send({ message: error instanceof Error ? error.message : 'That can not be done' });
    }
  });
}

function act(person: Person, action: PersonAction): SimulatedIssue | void {
  switch (action.do) {
    case 'transition':
      return person.transition(action.key, action.status, action.resolution);
    case 'edit':
      return person.edit(action.key, jsonOf(action.fields));
    case 'remove-label':
      return person.removeLabel(action.key, action.label);
    case 'clone':
      return person.clone(action.key);
    case 'delete':
      return person.delete(action.key);
    case 'hide':
      return person.hide(action.key);
    case 'show':
      return person.show(action.key);
    case 'hide-project':
      return person.hideProject(action.project);
    case 'show-project':
      return person.showProject(action.project);
    case 'move':
      return person.move(action.key, action.project);
    case 'write-property':
      return person.writeProperty(action.key, action.property, isJson(action.value) ? action.value : undefined);
    default:
      return action satisfies never;
  }
}

/** A value that is present was parsed from JSON. */
function isJson(value: unknown): value is Json {
  return value !== undefined;
}

/** The fields were parsed from JSON, so they are JSON. */
function jsonOf(fields: unknown): JsonObject {
  return isJsonObject(fields) ? fields : {};
}

function problemOf(errors: readonly { readonly instancePath: string; readonly message: string }[]): string {
  const [first] = errors;
  return first === undefined ? 'is not understood' : `${first.instancePath === '' ? 'body' : first.instancePath}: ${first.message}`;
}
