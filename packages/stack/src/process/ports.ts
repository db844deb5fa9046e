import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * A port nobody listens on. Not one that the system draws: it could become the local end of a client's connection while
 * the server restarts, even of a client that dials this very port and then talks to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

/** The wanted port if it is free, any free one if none is wanted. */
export async function choosePort(server: string, wanted: number | undefined): Promise<number> {
  if (!wanted) return freePort();
  if (await isFree(wanted)) return wanted;
  throw new Error(
    `${server} cannot listen on port ${wanted}: it is in use. Stop what listens there, or choose another.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, LOOPBACK);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
