import { readFile } from 'node:fs/promises';

import { exists, writeWhole } from '../files/files.ts';
import { choosePort, freePort } from '../process/ports.ts';
import { SERVICES } from './services.ts';

const NAMES = ['postgres', 'kafka', ...SERVICES, ...SERVICES.map((name) => `${name} metrics` as const)] as const;
type Ports = Record<(typeof NAMES)[number], number>;

/** Picks a free port for everything that listens. */
export async function newPorts(wanted: Partial<Ports> = {}) {
  const taken = new Set<number>();
  const ports: Partial<Ports> = {};
  for (const name of NAMES) {
    let port = await choosePort(name, wanted[name]).catch(freePort);
    while (taken.has(port)) port = await freePort();
    taken.add(port);
    ports[name] = port;
  }
  return grouped(ports as Ports);
}

/** The ports of the last start, as far as they are still free. The caller chooses the gateway's port. */
export async function rememberedPorts(file: string, gateway: number) {
  const last = (await exists(file)) ? (JSON.parse(await readFile(file, 'utf8')) as Partial<Ports>) : {};
  const { flat, ...ports } = await newPorts({ ...last, ...(gateway > 0 && { 'api-gateway': gateway }) });
  await writeWhole(file, JSON.stringify(flat));
  return ports;
}

function grouped(flat: Ports) {
  const of = (name: (typeof SERVICES)[number]) => ({ http: flat[name], metrics: flat[`${name} metrics`] });
  return {
    flat,
    postgres: flat.postgres,
    kafka: flat.kafka,
    services: {
      'contacts-service': of('contacts-service'),
      'token-service': of('token-service'),
      'verification-service': of('verification-service'),
      'api-gateway': of('api-gateway'),
    },
  };
}
