import Fastify from 'fastify';
// oxlint-disable-next-line eslint/no-restricted-imports -- the floor is the library itself
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';

// This process runs the libraries of every service, each connected and working, and no code of ours.
const pool = new Pool({ connectionString: process.env['DATABASE_URL'] });
await pool.query('select 1');

const kafka = new Kafka({ brokers: [process.env['KAFKA_BROKERS'] ?? ''], logLevel: logLevel.ERROR });
await kafka.producer().connect();
const consumer = kafka.consumer({ groupId: `bench-idle-${process.pid}` });
await consumer.connect();
await consumer.subscribe({ topic: process.env['TOPIC'] ?? '' });
await consumer.run({ eachMessage: async () => {} });

const app = Fastify();
app.get('/healthz', async () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => process.exit());
