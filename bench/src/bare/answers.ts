import Fastify from 'fastify';

// This is the handler behind both hops. It answers every path with one body from memory.
const body = process.env['BODY'] ?? '{}';
const app = Fastify();
app.get('/*', (_, reply) => reply.type('application/json').send(body));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => process.exit());
