import { globSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { breaches } from './compatibility.ts';
import type { JsonSchema } from './payload-schema.ts';
import { topics } from './topics.ts';

/** JSON Schemas by where they lie in docs/events: `contacts.v1/ContactCreated`. */
export type EventSchemas = ReadonlyMap<string, JsonSchema>;

export const docs = join(import.meta.dirname, '../../../docs');
const folder = join(docs, 'events');

export const currentEvents = (): EventSchemas =>
  new Map(topics.flatMap(({ name, events }) => events.map(({ type, payload }) => [`${name}/${type}`, payload])));

/** The committed schemas: subscribers were told that they may rely on them. */
export async function releasedEvents(): Promise<EventSchemas> {
  const names = globSync('*/*.json', { cwd: folder }).map((path) => path.replace(/\.json$/, ''));
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8'))] as const),
    ),
  );
}

/** Every change of a released event that is not additive and optional, with its event and place. A new event is none. */
export const breaking = (released: EventSchemas, current: EventSchemas): string[] =>
  [...released].flatMap(([name, schema]) => {
    const now = current.get(name);
    return now ? breaches(schema, now).map((breach) => `${name} ${breach}`) : [`${name}: is told no more`];
  });

export async function write(events: EventSchemas): Promise<void> {
  for (const [name, schema] of events) {
    const path = join(folder, `${name}.json`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(schema, null, 2)}\n`);
  }
}
