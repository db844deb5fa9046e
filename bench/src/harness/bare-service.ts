import { join } from 'node:path';

import { environmentOf } from './processes.ts';
import type { System } from './system.ts';

export const SERVICES = ['api-gateway', 'contacts-service', 'token-service', 'verification-service'];

/** The process that loads the services' libraries and no code of ours. */
export const BARE_MAIN = join(import.meta.dirname, '../bare/idle.ts');

/** Its settings: the same servers, and the cache of compiled code that `npm start` uses (20 MB less per process). */
export const bareEnvironment = ({ databases, kafkaBrokers, topics, processes }: System): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: environmentOf(processes[SERVICES[0]!] ?? NaN)['NODE_COMPILE_CACHE'],
  DATABASE_URL: databases.contacts,
  KAFKA_BROKERS: kafkaBrokers[0],
  TOPIC: topics.contacts,
});
