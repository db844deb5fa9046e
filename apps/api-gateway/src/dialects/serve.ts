import type { FastifyInstance } from 'fastify';

import type { Gateway } from '../gateway.ts';
import type { Dialect } from './dialect.ts';

/**
 * Registers an API's routes. Each answers this API's calls only and, if it is a vendor's, stays out of our document, without a word
 * of its own. The vendor's paths are served below its mount, and as they are where the host or the token tells the API.
 */
export function serve(app: FastifyInstance, { name, plugin }: Dialect, gateway: Gateway): void {
  const isNative = name === 'native';
  for (const prefix of isNative ? [''] : [`/${name}`, '']) {
    app.register(
      async (scope) => {
        scope.addHook('onRoute', (route) => {
          route.constraints = { ...route.constraints, dialect: name };
          if (!isNative) route.schema = { ...route.schema, hide: true };
        });
        await scope.register(plugin, gateway);
      },
      { prefix },
    );
  }
}
