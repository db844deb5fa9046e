import { numericId, principalHeaders } from '@kith/contracts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';

const contactParams = z.object({ id: z.coerce.number().pipe(numericId) });

export const verdictRoutes: FastifyPluginAsyncZod<Services> = async (app, { verdicts }) => {
  app.get('/contacts/:id/verdicts', { schema: { headers: principalHeaders, params: contactParams } }, (request) =>
    verdicts.ofContact(request.headers['x-kith-workspace'], request.params.id),
  );
};
