import { type ISocketFactoryArgs } from 'kafkajs';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Opens a connection to a broker. A caller gives its own to reach brokers in another way, such as a tunnel. */
export type Dial = (host: string, port: number) => { readonly host: string; readonly port: number };

type Patience = { readonly usual: number; readonly joining: number };

const PATIENCE: Patience = {
  usual: 10_000,
  // The coordinator holds these answers back until every member has joined: up to `rebalanceTimeout`, 60 s.
  joining: 75_000,
};
const JOIN_GROUP = 11;
const SYNC_GROUP = 14;
const KEEP_ALIVE_MS = 60_000;

/** Like kafkajs' own, and with an end to connections that have gone silent. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs, patience = PATIENCE): Socket {
  // kafkajs passes undefined where its types promise options.
  const socket = (ssl as object | undefined)
    ? connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return destroyWhenSilent(socket, patience);
}

/**
 * kafkajs never notices that a connection went silent (watched for 150 s: a broker that froze, a NAT that forgot).
 * Requests are answered in the order they were written, one frame each, so the oldest says how long silence may last.
 */
function destroyWhenSilent(socket: Socket, patience: Patience): Socket {
  const waiting: number[] = [];
  const answered = frameCounter();
  let timer: NodeJS.Timeout | undefined;

  const watch = () => {
    clearTimeout(timer);
    const oldest = waiting[0];
    if (oldest === undefined) return;
    timer = setTimeout(() => socket.destroy(new Error(`silent for ${oldest} ms`)), oldest).unref();
  };

  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  socket.write = (...args: unknown[]) => {
    waiting.push(isJoining(args[0]) ? patience.joining : patience.usual);
    if (waiting.length === 1) watch();
    return write(...args);
  };
  socket.on('data', (data: Buffer) => {
    waiting.splice(0, answered(data));
    watch();
  });
  socket.on('close', () => clearTimeout(timer));
  return socket;
}

/** A request begins with its size (four bytes) and the key of the API it asks (two). */
function isJoining(request: unknown): boolean {
  if (!Buffer.isBuffer(request) || request.length < 6) return false;
  const api = request.readInt16BE(4);
  return api === JOIN_GROUP || api === SYNC_GROUP;
}

/** Counts the answers that each piece of a stream completes: frames of a size in four bytes and so many more. */
export function frameCounter(): (data: Buffer) => number {
  let header = Buffer.alloc(0);
  let missing = 0;
  return (data) => {
    let completed = 0;
    for (let at = 0; at < data.length;) {
      if (missing === 0) {
        const piece = data.subarray(at, at + 4 - header.length);
        header = Buffer.concat([header, piece]);
        at += piece.length;
        if (header.length < 4) break;
        missing = header.readInt32BE(0);
        header = Buffer.alloc(0);
      }
      const taken = Math.min(missing, data.length - at);
      missing -= taken;
      at += taken;
      if (missing === 0) completed++;
    }
    return completed;
  };
}
