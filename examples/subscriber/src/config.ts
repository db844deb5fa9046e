import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export type Config = { readonly brokers: readonly string[]; readonly prefix: string };

type System = { readonly kafkaBrokers: readonly string[]; readonly topics: { readonly contacts: string } };

/** From `KAFKA_BROKERS` and `KAFKA_TOPIC_PREFIX`, or from what `npm start` wrote down of the system it runs. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const { KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix, KITH_HOME: home = '.kith' } = env;
  if (brokers) return { brokers: brokers.split(','), prefix: prefix ?? 'kith' };

  // npm runs a workspace's script in its folder and remembers where it was called.
  const path = resolve(env['INIT_CWD'] ?? process.cwd(), home, 'system.json');
  try {
    const { kafkaBrokers, topics } = JSON.parse(readFileSync(path, 'utf8')) as System;
    return { brokers: kafkaBrokers, prefix: prefix ?? topics.contacts.replace(/\.contacts\.v1$/, '') };
  } catch (cause) {
    throw new Error(`Where is Kafka? Run \`npm start\`, or set KAFKA_BROKERS: ${path} tells nothing.`, { cause });
  }
}
