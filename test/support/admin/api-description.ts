import type { AdminApp } from '../../../src/admin/admin-app.ts';
import type { Role } from '../../../src/admin/access.ts';

/** The part of an OpenAPI document that tests read. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

export interface ApiOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly ApiParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

export interface ApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export interface ApiResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

/** The part that is read here. */
export interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly $ref?: string;
}

/** One route as the document has it. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its parameters in braces. */
  readonly path: string;
  readonly operation: ApiOperation;
  /** Null: no token is needed. */
  readonly role: Role | null;
}

export async function readDescription(app: AdminApp): Promise<{ readonly document: ApiDocument; readonly routes: readonly ApiRoute[] }> {
  const document: ApiDocument = (await app.inject({ url: '/openapi.json' })).json();
  return { document, routes: routesOf(document) };
}

export function routesOf(document: ApiDocument): readonly ApiRoute[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: methodOf(method), path, operation, role: roleOf(operation) })),
  );
}

function methodOf(method: string): ApiRoute['method'] {
  const known = (['GET', 'POST', 'PUT', 'DELETE'] as const).find((one) => one.toLowerCase() === method);
  if (known === undefined) throw new Error(`The document has a method that no test knows: ${method}`);
  return known;
}

function roleOf({ description }: ApiOperation): Role | null {
  const named = /^Role: (\w+)/.exec(description ?? '')?.[1];
  return (['viewer', 'operator', 'admin'] as const).find((role) => role === named) ?? null;
}

/** The served routes, as `GET /path/{parameter}`: the server prints its routes as a tree. */
export function servedRoutes(app: AdminApp): readonly string[] {
  const above: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods] = /^([│ ]*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4;
      const path = `${depth === 0 ? '' : (above[depth - 1] ?? '')}${part}`;
      above[depth] = path;
      const served = methods?.split(', ').filter((method) => method !== 'HEAD') ?? [];
      return served.map((method) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    });
}
