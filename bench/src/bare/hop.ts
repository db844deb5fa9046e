import Fastify from 'fastify';
import { Pool } from 'undici';

// A gateway that only forwards: the least that a gateway can cost. It sends the headers that the services require.
const pool = new Pool(process.env['TARGET'] ?? '', { connections: 64, pipelining: 1 });
const headers = JSON.parse(process.env['HEADERS'] ?? '{}') as Record<string, string>;

const app = Fastify();
app.get('/healthz', async () => ({ status: 'ok' }));
app.get<{ Params: { id: string } }>('/contacts/:id', async (request, reply) => {
  const { statusCode, body } = await pool.request({ method: 'GET', path: `/contacts/${request.params.id}`, headers });
  return reply
    .code(statusCode)
    .type('application/json')
    .send(await body.text());
});
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => process.exit());
