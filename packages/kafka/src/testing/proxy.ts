import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export const PRODUCE = 0;

type Link = { readonly client: Socket; readonly broker: Socket; silent: boolean };

/** Stands between a client and one broker, and does to their connections what networks do. */
export async function startProxy(brokerAddress: string) {
  const [host = '', brokerPort] = brokerAddress.split(':');
  const links = new Set<Link>();
  const swallowing: { api: number; swallowed: () => void }[] = [];
  let connections = 0;

  const server = createServer((client) => {
    connections++;
    const link: Link = { client, broker: connect({ host, port: Number(brokerPort) }), silent: false };
    links.add(link);
    // Answers come in the order of the requests.
    const asked: number[] = [];
    const requests = frames((frame) => {
      asked.push(frame.readInt16BE(4));
      if (!link.silent) link.broker.write(frame);
    });
    const answers = frames((frame) => {
      const api = asked.shift();
      const at = swallowing.findIndex((one) => one.api === api);
      if (at >= 0) swallowing.splice(at, 1)[0]?.swallowed();
      else if (!link.silent) client.write(frame);
    });
    client.on('data', requests);
    link.broker.on('data', answers);
    for (const [one, other] of [
      [client, link.broker],
      [link.broker, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => {
        links.delete(link);
        other.destroy();
      });
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    /** For `connectKafka`: whatever address a broker gives, it is reached through here. */
    dial: () => ({ host: '127.0.0.1', port }),
    connections: () => connections,
    /** The next answer of this kind never arrives; resolves when the broker has given it. */
    swallowAnswer: (api: number) =>
      new Promise<void>((swallowed) => {
        swallowing.push({ api, swallowed });
      }),
    /** The connections there are stay open and carry nothing more. New ones are as good as ever. */
    silence() {
      for (const link of links) link.silent = true;
    },
    cut() {
      for (const { client } of links) client.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const { client, broker } of links) {
        client.destroy();
        broker.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

/** Cuts a stream into Kafka's frames, each with its size in the first four bytes. */
function frames(onFrame: (frame: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const end = 4 + rest.readInt32BE(0);
      onFrame(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
  };
}
