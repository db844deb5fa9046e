import type { FastifyContextConfig } from 'fastify';

import type { Call, OpenApiDocument, Operation, Schema } from './call.ts';
import { PROBLEM } from './components.ts';
import { REFUSALS } from './refusals.ts';

const BUDGET = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'RateLimit-Policy', 'RateLimit'];

const headersOf = (names: readonly string[]) =>
  Object.fromEntries(
    ['X-Request-Id', 'X-Kith-Dialect', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

/** Answered before any token is known, so no budget counts them. */
const BUDGETLESS = new Set([401, 408, 431]);

const RESPONSES = Object.fromEntries(
  REFUSALS.map(({ status, name, description, headers = [] }) => [
    name,
    {
      description,
      headers: headersOf([...(BUDGETLESS.has(status) ? [] : BUDGET), ...headers]),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/** Adds what the operations have in common, by the facts in the config of each route. A route says only what it is for. */
export function complete(
  document: OpenApiDocument,
  factsOf: (operationId: string) => FastifyContextConfig,
): OpenApiDocument {
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => {
          const facts = factsOf(operation.operationId ?? '');
          return [method, completed({ method, operation, facts })];
        }),
      ),
    ]),
  );
  const schemas = { ...referred(document.components.schemas, paths), Problem: PROBLEM };
  return { ...document, paths, components: { ...document.components, schemas, responses: RESPONSES } };
}

function completed(call: Call): Operation {
  const { operation, facts } = call;
  const given = Object.entries(operation.responses).map(([status, response]) => {
    const headers = [...(facts.etag ? ['ETag'] : []), ...(facts.creates ? ['Idempotency-Replayed'] : [])];
    const budget = isForTokens(call) ? BUDGET : [];
    return [status, { ...response, description: 'OK', headers: headersOf([...budget, ...headers]) }];
  });
  const refused = REFUSALS.filter(({ when }) => when(call)).map(({ status, name }) => [
    status,
    { $ref: `#/components/responses/${name}` },
  ]);
  const parameters = [
    'X-Request-Id',
    ...(facts.creates ? ['Idempotency-Key'] : []),
    ...(facts.ifMatch ? ['If-Match'] : []),
  ];
  return {
    ...operation,
    ...(facts.emptyBody && { requestBody: { ...operation.requestBody, required: false } }),
    parameters: [
      ...(operation.parameters ?? []),
      ...parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    responses: Object.fromEntries([...given, ...refused]),
  };
}

/** A token has a budget; the operator has none. */
const isForTokens = ({ facts: { access = {} } }: Call) =>
  access !== 'public' && (access.scope !== undefined || access.anyToken === true);

/** The generator writes each schema twice, once for requests and once for answers. One that nothing refers to is left out. */
function referred(schemas: OpenApiDocument['components']['schemas'], paths: unknown) {
  const kept: Record<string, Schema> = {};
  const keep = (where: unknown) => {
    for (const [, name = ''] of JSON.stringify(where).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      const schema = schemas[name];
      if (!schema || kept[name]) continue;
      kept[name] = schema;
      keep(schema);
    }
  };
  keep(paths);
  return kept;
}
