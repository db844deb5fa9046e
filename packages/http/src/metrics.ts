import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';

import { safeHeaders } from './headers.ts';
import { limitConnections, LIMITS, serverOptions } from './limits.ts';

const requests = new Histogram({
  name: 'kith_http_request_duration_seconds',
  help: 'How long requests took, by route (its pattern, never what was in its place).',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
});

/** Counts and times every request of the app. */
export function measure(app: FastifyInstance): void {
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    const labels = { method, route: routeOptions.url ?? 'none', status: String(reply.statusCode) };
    requests.observe(labels, reply.elapsedTime / 1000);
  });
}

/** A scraper needs one. */
const METRICS_LIMITS = { ...LIMITS, connections: 50 };

/** `/metrics` on a port of its own, which nobody outside reaches. */
export async function serveMetrics({
  port,
  host,
}: {
  port: number;
  host: string;
}): Promise<AsyncDisposable & { readonly port: number }> {
  collectDefaultMetrics();
  const { requestMs, silenceMs } = METRICS_LIMITS;
  const server = createServer({ ...serverOptions(METRICS_LIMITS), requestTimeout: requestMs }, (_, response) => {
    void register.metrics().then(
      (text) => response.writeHead(200, { ...safeHeaders(false), 'content-type': register.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.setTimeout(silenceMs);
  limitConnections(server, METRICS_LIMITS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      register.clear();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}
