import { createHash } from 'node:crypto';

import Fastify from 'fastify';

// nginx calls this authorizer for each request. It knows one token and finds it by its hash, as the gateway does.
const hashOf = (authorization: string) => createHash('sha256').update(authorization).digest('hex');
const known = new Set([hashOf(`Bearer ${process.env['TOKEN'] ?? ''}`)]);

const app = Fastify();
app.get('/healthz', async () => ({ status: 'ok' }));
app.get('/*', (request, reply) =>
  reply.code(known.has(hashOf(request.headers.authorization ?? '')) ? 204 : 401).send(),
);
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => process.exit());
