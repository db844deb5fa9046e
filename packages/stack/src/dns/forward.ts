import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, isIP } from 'node:net';

/** Shorter than the client's own time-out (2 s in verification-service), so that the client gets a failure instead of silence. */
const PATIENCE_MS = 1500;

export type Forward = (query: Buffer) => Promise<Buffer>;

/** Sends the query unchanged to all resolvers at once and returns the first answer. Fails when none answers. */
export const forwardOverUdp =
  (resolvers: readonly string[]): Forward =>
  (query) =>
    Promise.any(resolvers.map((resolver) => queryOverUdp(resolver, query)));

export const forwardOverTcp =
  (resolvers: readonly string[]): Forward =>
  (query) =>
    Promise.any(resolvers.map((resolver) => queryOverTcp(resolver, query)));

async function queryOverUdp(resolver: string, query: Buffer): Promise<Buffer> {
  const { host, port } = addressOf(resolver);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const socket = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
  try {
    // A connected socket accepts datagrams from this resolver only.
    socket.connect(port, host);
    await once(socket, 'connect', { signal });
    socket.send(query);
    const [answer] = (await once(socket, 'message', { signal })) as [Buffer];
    return answer;
  } finally {
    socket.close();
  }
}

async function queryOverTcp(resolver: string, query: Buffer): Promise<Buffer> {
  const socket = connect({ ...addressOf(resolver), signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    socket.write(frame(query));
    for await (const answer of frames(socket)) return answer;
    throw new Error(`${resolver} closed the connection.`);
  } finally {
    socket.destroy();
  }
}

/** A message as TCP carries it: its length comes first (RFC 1035, 4.2.2). */
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

/** Reads the forms that `dns.getServers()` writes: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`. */
function addressOf(resolver: string): { host: string; port: number } {
  if (isIP(resolver)) return { host: resolver, port: 53 };
  const colon = resolver.lastIndexOf(':');
  return { host: resolver.slice(0, colon).replaceAll(/[[\]]/g, ''), port: Number(resolver.slice(colon + 1)) };
}
