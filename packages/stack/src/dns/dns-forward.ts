import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';

/** Below a resolver's own time-out (2 s in verification-service), so that it hears a failure, not silence. */
const PATIENCE_MS = 1500;

export type Forward = (query: Buffer) => Promise<Buffer>;

/** Asks all resolvers at once, byte for byte; the first answer counts. Fails when none comes. */
export const forwardOverUdp =
  (resolvers: readonly string[]): Forward =>
  (query) =>
    Promise.any(resolvers.map((resolver) => askOverUdp(resolver, query)));

export const forwardOverTcp =
  (resolvers: readonly string[]): Forward =>
  (query) =>
    Promise.any(resolvers.map((resolver) => askOverTcp(resolver, query)));

async function askOverUdp(resolver: string, query: Buffer): Promise<Buffer> {
  const { host, port } = addressOf(resolver);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  try {
    // Connected, so that nobody else's datagram is taken for the answer.
    socket.connect(port, host);
    await once(socket, 'connect', { signal });
    socket.send(query);
    const [answer] = (await once(socket, 'message', { signal })) as [Buffer];
    return answer;
  } finally {
    socket.close();
  }
}

async function askOverTcp(resolver: string, query: Buffer): Promise<Buffer> {
  const socket = connect({ ...addressOf(resolver), signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    socket.write(frame(query));
    for await (const answer of frames(socket)) return answer;
    throw new Error(`${resolver} closed the connection.`);
  } finally {
    socket.destroy();
  }
}

/** Over TCP each message has its length in front (RFC 1035, 4.2.2). */
export const frame = (message: Buffer): Buffer =>
  Buffer.concat([Buffer.from([message.length >> 8, message.length & 0xff]), message]);

export async function* frames(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      yield rest.subarray(2, end);
      rest = rest.subarray(end);
    }
  }
}

/** `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`: as `dns.getServers()` writes them. */
function addressOf(resolver: string): { host: string; port: number } {
  if (isIP(resolver)) return { host: resolver, port: 53 };
  const colon = resolver.lastIndexOf(':');
  return { host: resolver.slice(0, colon).replaceAll(/[[\]]/g, ''), port: Number(resolver.slice(colon + 1)) };
}
