import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy in front of a service. It can swallow the service's answers. */
export async function startSwallowing(url: string) {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let swallow: (() => void) | undefined;

  const server = createServer((client) => {
    const service = connect({ host: hostname, port: Number(port) });
    client.pipe(service);
    service.on('data', (answer) => {
      if (swallow) swallow();
      else client.write(answer);
    });
    for (const [one, other] of [
      [client, service],
      [service, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Swallows every answer from now on, until disposed of. `answered` resolves when the service gives the first one. */
    silence: () => ({
      answered: new Promise<void>((resolve) => (swallow = resolve)),
      end: () => void (swallow = undefined),
    }),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
