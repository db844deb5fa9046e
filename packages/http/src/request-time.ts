import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { FastifyReply, FastifyRequest } from 'fastify';

type RequestTimes = {
  /** Gives a request the time of its route, and calls `late` where it has not come to its end by then. */
  readonly begin: (request: FastifyRequest, reply: FastifyReply, late: () => void) => void;
  /** Whether the request that arrives on a connection has a time of its own. */
  readonly isOwn: (socket: Duplex) => boolean;
};

/** Node has one time limit for the requests of all routes. A route whose requests take longer sets `requestMs` in its config. */
export function requestTimes(): RequestTimes {
  const arriving = new WeakMap<Duplex, IncomingMessage>();
  return {
    begin({ raw, routeOptions: { config } }, reply, late) {
      const { requestMs } = config;
      if (requestMs === undefined) return;
      arriving.set(raw.socket, raw);
      const timer = setTimeout(() => {
        if (!raw.complete) late();
      }, requestMs);
      reply.raw.once('close', () => clearTimeout(timer));
    },
    // The next request on the connection is not this one.
    isOwn: (socket) => arriving.get(socket)?.complete === false,
  };
}
