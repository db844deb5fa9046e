import { httpApp, type HttpAppOptions } from '@kith/http';

import { contactsOfListRoutes } from './contact/list-routes.ts';
import { contactRoutes } from './contact/routes.ts';
import { contactListRoutes } from './list/routes.ts';
import type { Services } from './services.ts';

type Options = HttpAppOptions & Required<Pick<HttpAppOptions, 'internalKeys'>>;

export function buildApp(deps: Services, options: Options) {
  const app = httpApp(options);
  app.register(contactListRoutes, deps);
  app.register(contactRoutes, deps);
  app.register(contactsOfListRoutes, deps);
  return app;
}
