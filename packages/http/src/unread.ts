import { randomUUIDv7 } from 'node:crypto';
import { IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { ProblemContext, HttpProblem, ProblemAnswer } from './problem.ts';

const TOO_MUCH: HttpProblem = {
  status: 431,
  title: 'headers-too-large',
  detail: 'The request line and the headers are over 16 KiB.',
};
const TOO_SLOW: HttpProblem = { status: 408, title: 'timeout', detail: 'The request did not come to its end in time.' };
const NO_HTTP: HttpProblem = { status: 400, title: 'malformed', detail: 'This is no HTTP request.' };

const NO_PROXY: HttpProblem = { status: 400, title: 'malformed', detail: 'CONNECT is for proxies, and this is none.' };

/** A socket destroyed at once is reset, and a client that is still writing loses the answer. */
const LINGER_MS = 1_000;

type Arriving = Pick<IncomingMessage, 'destroyed' | 'socket' | 'once'> & {
  /** An injected request does not have it. */
  readonly complete?: boolean;
};

/** A client that was answered before its body came may go on sending for a while: cut off at once, it may miss the answer. */
export function dropUnread(request: Arriving, withinMs: number): void {
  const { complete = true, destroyed, socket } = request;
  if (complete || destroyed) return;
  const timer = setTimeout(() => socket.destroy(), withinMs).unref();
  const done = () => clearTimeout(timer);
  request.once('end', done);
  socket.once('close', done);
}

export const isTimeout = (error: Error & { readonly code?: string }) => error.code === 'ERR_HTTP_REQUEST_TIMEOUT';

type Say = (problem: HttpProblem, context: ProblemContext) => ProblemAnswer;

/** Answers what Node could not even read as a request, and hangs up. No hook sees it. */
export function answerUnread(error: Error & { readonly code?: string }, socket: Socket, say: Say): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = error.code === 'HPE_HEADER_OVERFLOW' ? TOO_MUCH : isTimeout(error) ? TOO_SLOW : NO_HTTP;
  hangUp(socket, new IncomingMessage(socket), problem, say);
}

/** Answers 408, and hangs up, where the body of a request has not come in the time of its route. */
export function answerLate(request: IncomingMessage, response: ServerResponse, say: Say): void {
  // A second answer would be read as a part of the first.
  if (response.headersSent) request.socket.destroy();
  else hangUp(request.socket, request, TOO_SLOW, say);
}

/** Node hands a CONNECT, whatever its path, to listeners for tunnels. Without one it hangs up without a word. */
export const refuseTunnels = (server: Pick<Server, 'on'>, say: Say) =>
  server.on('connect', (request, socket) => hangUp(socket, request, NO_PROXY, say));

function hangUp(socket: Duplex, raw: IncomingMessage, problem: HttpProblem, say: Say): void {
  const id = randomUUIDv7();
  const answer = say(problem, { id, raw });
  const body = JSON.stringify(answer.body);
  const headers = {
    ...answer.headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // Node has let go of the socket: only we handle a reset, or a client that does not hang up.
  socket.on('error', () => socket.destroy());
  const lingering = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(lingering));
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
}
