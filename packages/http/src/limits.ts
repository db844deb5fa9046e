import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import { Counter } from 'prom-client';

/** The time and the connections that one client may take of a server. */
export type Limits = {
  /** From the first byte of a request, or from the connection, to the end of the head. */
  readonly headersMs: number;
  /**
   * From the first byte of a request to its last. Node has one number for all routes. A route that reads a long stream, such as an import,
   * sets a `requestMs` of its own in its config (`request-time.ts`).
   */
  readonly requestMs: number;
  /** How long the rest of a request is still read once it has been answered. */
  readonly discardMs: number;
  /** Time without a byte in either direction, as with a client that does not read its answer. */
  readonly silenceMs: number;
  /** Connections at once. More are hung up on. */
  readonly connections: number;
  /** From the moment the server begins to close until it cuts the connections that are still open. */
  readonly closingMs: number;
};

export const LIMITS: Limits = {
  headersMs: 10_000,
  requestMs: 30_000,
  discardMs: 5_000,
  silenceMs: 60_000,
  connections: 5_000,
  // A statement in Postgres is given up after ten seconds, so no answer takes much longer.
  closingMs: 10_000,
};

const CHECKED_EVERY_MS = 1_000;

/** For `createServer` of node:http and node:https. */
export const serverOptions = ({ headersMs }: Limits) => ({
  headersTimeout: headersMs,
  connectionsCheckingInterval: Math.min(CHECKED_EVERY_MS, headersMs),
  // TLS only. Node allows two minutes by default, and there is no request yet whose time could be limited.
  handshakeTimeout: headersMs,
});

const refused = new Counter({
  name: 'kith_http_connections_refused_total',
  help: 'Connections hung up on at once, as there were too many (MAX_CONNECTIONS).',
});

/** Holds the server to so many connections; the function returned cuts all of them once `closingMs` have passed. */
export function limitConnections(server: Server, { connections, closingMs }: Limits): () => void {
  server.maxConnections = connections;
  server.on('drop', () => refused.inc());
  // Not `closeAllConnections`: it knows no connection that is still in its TLS handshake.
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    const timer = setTimeout(() => open.forEach((socket) => socket.destroy()), closingMs).unref();
    server.once('close', () => clearTimeout(timer));
  };
}
