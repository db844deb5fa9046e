import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * A port that nobody listens on, below the range that the system draws client ports from. A client port could be taken
 * while the server restarts, even by a client that dials this very port and then talks to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_768);
    if (await isFree(port)) return port;
  }
}

/** The wanted port, or any free port when none is wanted. Throws when the wanted port is in use. */
export async function choosePort(server: string, wanted: number | undefined): Promise<number> {
  if (!wanted) return freePort();
  if (await isFree(wanted)) return wanted;
  throw new Error(
    `${server} cannot listen on port ${wanted}: it is in use. Stop the program that listens there, or choose another port.`,
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
