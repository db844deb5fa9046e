import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands in front of a service, and keeps an answer that it gives from whoever asked. */
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
    /** From now on no answer arrives, until its end. `answered` when the service gave the first. */
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
