import { httpApp, type HttpAppOptions } from '@kith/http';

import { accountRoutes } from './account/routes.ts';
import type { Services } from './services.ts';
import { tokenRoutes } from './token/routes.ts';

type Options = HttpAppOptions & Required<Pick<HttpAppOptions, 'internalKeys'>>;

export function buildApp(deps: Services, options: Options) {
  const app = httpApp(options);
  app.register(accountRoutes, deps);
  app.register(tokenRoutes, deps);
  return app;
}
