import { httpApp, type HttpAppOptions } from '@kith/http';

import { verdictRoutes } from './routes/verdicts.ts';
import type { Services } from './services.ts';

type Options = HttpAppOptions & Required<Pick<HttpAppOptions, 'internalKeys'>>;

export function buildApp(deps: Services, options: Options) {
  const app = httpApp(options);
  app.register(verdictRoutes, deps);
  return app;
}
