import swagger from '@fastify/swagger';
import type { HttpApp } from '@kith/http';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyContextConfig } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

import type { Access } from '../access/authorize.ts';
import { docsHeaders } from './page-headers.ts';
import type { OpenApiDocument } from './call.ts';
import { headers, parameters } from './components.ts';
import { complete } from './operations.ts';

const DESCRIPTION = `
Contacts and lists, over HTTPS and JSON. One resource comes in \`data\`; an action adds \`message\`; a list adds \`meta\`.

What cannot be served is answered as RFC 9457 problem details, with \`message\` and, for a 422, \`errors\`: every offending field at once.
A wrong method is 405 with \`Allow\`. Members that are not described here are refused, of the query too. Times are RFC 3339 in UTC.

\`/wisedata/api/v1\`, and \`/api/v1\` with a token of the dialect \`wisedata\`, is the WiseData NPS API as its vendor documents it.`;

// All of it is served from here: the page of an installation tells nobody else who reads it.
const PAGE = {
  url: '/openapi.json',
  pageTitle: 'Kith',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
};

/** `/openapi.json`, from the very schemas by which requests are checked, and `/docs`, which shows it. */
export function openApi(app: HttpApp): void {
  const facts = new Map<string, FastifyContextConfig>();
  app.addHook('onRoute', ({ schema, config }) => {
    if (schema?.operationId !== undefined && config) facts.set(schema.operationId, config);
  });
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Kith', version: '1', description: DESCRIPTION.trim() },
      servers: [{ url: '/' }],
      security: [{ token: [] }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A token, or the key of the operator.' },
        },
        headers,
        parameters,
      },
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document);
      const { access = {} } = document.route.config ?? {};
      return {
        url,
        schema: { ...schema, description: [schema?.description, whoMay(access)].filter(Boolean).join(' ') },
      };
    },
    transformObject: (document) =>
      complete(jsonSchemaTransformObject(document) as OpenApiDocument, (operationId) => facts.get(operationId) ?? {}),
  });
  app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
    });
    scope.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    scope.addHook('onSend', docsHeaders);
    scope.register(scalar, { routePrefix: '/docs', configuration: PAGE });
  });
}

function whoMay(access: Access): string {
  if (access === 'public') return 'For anybody.';
  const { scope, operator, anyToken } = access;
  return [
    scope && `For tokens with the scope \`${scope}\`.`,
    anyToken && 'For any token.',
    operator && 'For the operator.',
  ]
    .filter(Boolean)
    .join(' ');
}
