import { randomUUIDv7 } from 'node:crypto';
import { IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { Asked, HttpProblem, ProblemAnswer } from './problem.ts';

const TOO_MUCH: HttpProblem = {
  status: 431,
  title: 'headers-too-large',
  detail: 'The request line and the headers are over 16 KiB.',
};
const TOO_SLOW: HttpProblem = { status: 408, title: 'timeout', detail: 'The request did not come to its end in time.' };
const NO_HTTP: HttpProblem = { status: 400, title: 'malformed', detail: 'This is no HTTP request.' };

/** Answers, and hangs up on, what Node could not even read as a request: no hook has seen it, and none will. */
export function answerUnread(
  error: Error & { readonly code?: string },
  socket: Socket,
  say: (problem: HttpProblem, asked: Asked) => ProblemAnswer,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW' ? TOO_MUCH : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? TOO_SLOW : NO_HTTP;
  const id = randomUUIDv7();
  const answer = say(problem, { id, raw: new IncomingMessage(socket) });
  const body = JSON.stringify(answer.body);
  const headers = {
    ...answer.headers,
    'x-request-id': id,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`);
}
