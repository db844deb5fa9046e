import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { LOOPBACK } from '../process/ports.ts';

/** A proxy that stands for the network between clients and the server of a URL. */
export type Network = AsyncDisposable & {
  /** The server's URL with the proxy's address. */
  readonly url: string;
  /** Keeps connections open and lets nothing through. */
  readonly goSilent: () => void;
  readonly cut: () => void;
  /** Cuts every connection and refuses new ones until `open`. To the clients the server is away. */
  readonly close: () => void;
  readonly open: () => void;
};

export async function startNetwork(serverUrl: string): Promise<Network> {
  const { hostname, port } = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let silent = false;
  let closed = false;

  const server = createServer((client) => {
    if (closed) {
      client.destroy();
      return;
    }
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => silent || to.write(data));
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  });
  await once(server.listen(0, LOOPBACK), 'listening');

  const cut = () => sockets.forEach((socket) => socket.destroy());
  const url = new URL(serverUrl);
  url.hostname = LOOPBACK;
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    goSilent() {
      silent = true;
    },
    cut,
    close() {
      closed = true;
      cut();
    },
    open() {
      closed = false;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
