import swagger, { type SwaggerTransform } from '@fastify/swagger';
import type { FastifySchema } from 'fastify';
import { Type } from 'typebox';
import type { AdminApp } from './admin-app.ts';
import { Problem } from './problem.ts';
import { PROBLEMS, type ProblemCode } from './problem-codes.ts';

/** The problems of every route. */
const COMMON: readonly ProblemCode[] = ['host-not-allowed', 'login-needed-behind-proxy', 'cross-site-request', 'internal'];
const WITH_TOKEN: readonly ProblemCode[] = [
  'unauthorized',
  'forbidden',
  'too-many-failed-logins',
  'login-unavailable',
  'store-unavailable',
  'document-unreadable',
];

/** A client may send a body even where none is wanted. */
const WITH_BODY: readonly ProblemCode[] = ['content-type-missing', 'content-type-unsupported'];

const OpenapiDocument = Type.Object({}, { additionalProperties: true, description: 'An OpenAPI 3.1 document' });

/** Describes the routes that are added after it; the document is generated from their schemas and served at `/openapi.json`. */
export async function addOpenapi(app: AdminApp, version: string): Promise<void> {
  app.addSchema(Problem);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'findings-to-jira',
        version,
        description:
          'Which finding of AWS IAM Access Analyzer has which Jira issue, and why. Errors are RFC 9457 problems with a stable `code`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'One of ADMIN_TOKENS, or an access token of OIDC_ISSUER' },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json['$id'] === 'string' ? json['$id'] : `schema-${i}`) },
    transform: describeRoute,
  });
  const schema = { tags: ['health'], summary: 'This OpenAPI document', operationId: 'openapi', response: { 200: OpenapiDocument } };
  app.get('/openapi.json', { schema, config: { access: 'anyone' } }, async () => app.swagger());
}

/** Adds to a route's schema the role that may call it and the problems that it may answer. */
const describeRoute: SwaggerTransform = ({ schema, url, route }) => {
  const access = route.config?.access ?? 'anyone';
  const problems = [
    ...COMMON,
    ...(access === 'anyone' ? [] : WITH_TOKEN),
    ...problemsOfInput(schema ?? {}),
    ...(route.method === 'GET' ? [] : WITH_BODY),
    ...(route.config?.problems ?? []),
  ];
  const own = typeof schema?.response === 'object' ? schema.response : {};
  const described = {
    ...schema,
    ...(access === 'anyone' ? {} : { description: `Role: ${access}`, security: [{ bearer: [] }] }),
    response: { ...problemResponses(problems), ...own },
  };
  return { schema: described, url };
};

/** The problems of a route's input. */
function problemsOfInput({ body, querystring, params }: FastifySchema): readonly ProblemCode[] {
  if (body !== undefined) return ['invalid-request', 'body-too-large', 'body-too-complex', 'too-many-long-bodies'];
  return querystring === undefined && params === undefined ? [] : ['invalid-request'];
}

function problemResponses(codes: readonly ProblemCode[]): Record<number, object> {
  const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  const responses = [...byStatus].map(([status, ofStatus]) => [
    status,
    { description: ofStatus.join(', '), content: { 'application/problem+json': { schema: { $ref: 'Problem#' } } } },
  ]);
  return Object.fromEntries(responses);
}
