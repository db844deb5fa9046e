import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import { type Forward, forwardOverTcp, forwardOverUdp, frame, frames } from './forward.ts';
import { RCODE, readQuestion, writeAnswer } from './message.ts';
import { answerFromZone } from './zone.ts';
import { choosePort, LOOPBACK } from '../process/ports.ts';

export type DnsServer = AsyncDisposable & {
  /** `127.0.0.1:port`, for UDP and TCP. */
  readonly address: string;
};

/** A name server for the demo zone `kith.test`. It forwards every other query, by default to the system's resolvers. */
export async function startDns({
  port: wanted,
  forwardTo = getServers(),
}: {
  readonly port?: number;
  readonly forwardTo?: readonly string[];
} = {}): Promise<DnsServer> {
  const port = await choosePort('The DNS server', wanted);

  const overUdp = forwardOverUdp(forwardTo);
  const udp = createSocket('udp4', (query, from) => {
    void answerTo(query, overUdp).then((answer) => answer && udp.send(answer, from.port, from.address));
  });
  udp.bind(port, LOOPBACK);

  const overTcp = forwardOverTcp(forwardTo);
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    void serve(socket, overTcp);
  });
  tcp.listen(port, LOOPBACK);
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);

  return {
    address: `${LOOPBACK}:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of connections) socket.destroy();
      udp.close();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

async function serve(socket: Socket, forward: Forward): Promise<void> {
  try {
    for await (const query of frames(socket)) {
      const answer = await answerTo(query, forward);
      if (answer) socket.write(frame(answer));
    }
  } catch {
    // The client is gone, so nobody waits for the answer.
    socket.destroy();
  }
}

/** Undefined means no answer: for `timeout.kith.test`, and for anything that is not a query. */
async function answerTo(query: Buffer, forward: Forward): Promise<Buffer | undefined> {
  const question = readQuestion(query);
  if (!question) return undefined;
  const answer = answerFromZone(question);
  if (answer) return writeAnswer(query, answer.rcode, answer.records);
  if (answer === null) return undefined;
  // Offline. A failure at once is better than the client's time-out.
  return forward(query).catch(() => writeAnswer(query, RCODE.SERVFAIL, []));
}
