import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { INTERNAL_KEY_HEADER, Problem, type FieldErrors } from '@kith/contracts';
import { Pool } from 'undici';

import { kindOf } from './problem.ts';
import type { Turns } from './turns.ts';

export type ServiceRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type ServiceAnswer<Body> = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
};

export type StreamOptions = {
  /** Aborted when nobody reads the answer any more. */
  readonly signal: AbortSignal;
  /** Milliseconds from the head of the answer to its end; then it is cut. */
  readonly withinMs: number;
};

export type ServiceClient = AsyncDisposable & {
  /** The body of the answer. Throws the service's own `Problem`, or `unavailable` where there was no answer in time. */
  readonly request: <Body>(request: ServiceRequest) => Promise<Body>;
  /** The same with status and headers. */
  readonly answer: <Body>(request: ServiceRequest) => Promise<ServiceAnswer<Body>>;
  /**
   * An answer that is passed on as it comes: a feed, CSV, server-sent events. It comes no faster than it is read, and destroying `body` ends
   * it at the service. Rejects as `request` does until the head has come; after that `body` fails.
   */
  readonly stream: (request: ServiceRequest, options: StreamOptions) => Promise<ServiceAnswer<Readable>>;
};

export type ServiceClientOptions = {
  readonly url: string;
  readonly internalKey: string;
  /** In PEM: the authority to trust where the url is https, in place of the system's. */
  readonly ca?: string | undefined;
  /** From the request to the end of the answer, or to the head of a streamed one; a second attempt included. */
  readonly timeoutMs?: number;
  /** Requests at once, and streams at once; more wait. */
  readonly connections?: number;
  /** With it, requests wait for their turn: one line for each name that `of` gives. A stream holds its place to its end. */
  readonly turns?: { readonly take: Turns; readonly of: (request: ServiceRequest) => string };
};

/** HTTP to another service of the installation, over connections that are kept. */
export function serviceClient(options: ServiceClientOptions): ServiceClient {
  const { url, internalKey, ca, timeoutMs = 10_000, connections = 64, turns } = options;
  const connect = () =>
    new Pool(url, { connections, pipelining: 1, connect: { timeout: 3_000, ...(ca !== undefined && { ca }) } });
  const pool = connect();
  // Streams last: on the same connections they would leave none to requests.
  const streams = connect();

  const toSend = ({ method, path, headers, body }: ServiceRequest) => ({
    method,
    path,
    headers: {
      ...headers,
      [INTERNAL_KEY_HEADER]: internalKey,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

  const inTurn = <Result>(request: ServiceRequest, work: () => Promise<Result>, signal: AbortSignal) =>
    turns ? turns.take(turns.of(request), work, signal) : work();

  async function answer<Body>(request: ServiceRequest): Promise<ServiceAnswer<Body>> {
    const deadline = deadlineIn(timeoutMs, `No answer within ${timeoutMs} ms.`);
    const { signal } = deadline;
    const exchange = async () => {
      const response = await pool.request({ ...toSend(request), signal });
      return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    };
    const { text, ...rest } = await inTurn(request, () => insist(request, exchange), signal)
      .catch((cause: unknown) => Promise.reject(unavailable(cause)))
      .finally(deadline.clear);
    const parsed = bodyOf(rest.status, text);
    if (rest.status >= 400) throw problemOf(rest.status, parsed);
    return { ...rest, body: parsed as Body };
  }

  function stream(request: ServiceRequest, { signal: reader, withinMs }: StreamOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<ServiceAnswer<Readable>>();
    const toHead = deadlineIn(timeoutMs, `No answer within ${timeoutMs} ms.`);
    const signal = AbortSignal.any([reader, toHead.signal]);
    const exchange = () => streams.request({ ...toSend(request), signal, bodyTimeout: 0 });
    const carry = async () => {
      const { statusCode: status, headers, body } = await insist(request, exchange);
      if (status >= 400) return reject(problemOf(status, bodyOf(status, await body.text())));
      toHead.clear();
      const toEnd = deadlineIn(withinMs, `The answer took longer than ${withinMs} ms.`);
      toEnd.signal.addEventListener('abort', () => body.destroy(toEnd.signal.reason as Error));
      resolve({ status, headers, body });
      // A failure is its reader's to hear.
      await finished(body).catch(() => {});
      toEnd.clear();
    };
    inTurn(request, carry, signal)
      .catch((cause: unknown) => reject(unavailable(cause)))
      .finally(toHead.clear);
    return promise;
  }

  return {
    answer,
    stream,
    request: async <Body>(request: ServiceRequest) => (await answer<Body>(request)).body,
    // Requests still under way have lost their clients: waiting for them would only hold up the end.
    async [Symbol.asyncDispose]() {
      await Promise.all([pool.destroy(), streams.destroy()]);
    },
  };
}

/** A timer of its own, not AbortSignal.timeout: those outlive the answers, ten thousands of them under load. */
function deadlineIn(ms: number, message: string): { readonly signal: AbortSignal; readonly clear: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(message)), ms);
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}

/** A kept connection may have been closed as the request left. Reading once more changes nothing. */
const insist = <Result>({ method }: ServiceRequest, exchange: () => Promise<Result>): Promise<Result> =>
  exchange().catch((error: unknown) => {
    if (method !== 'GET' || !isReset(error)) throw error;
    return exchange();
  });

const unavailable = (cause: unknown) =>
  cause instanceof Problem
    ? cause
    : new Problem('unavailable', 'A part of the system is away. Try again soon.', { cause, retryAfter: 1 });

/** A proxy in front of a service that is away answers in a form of its own. */
function bodyOf(status: number, text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (error) {
    if (status >= 500) return undefined;
    throw error;
  }
}

function problemOf(status: number, body: unknown): Error {
  const { detail = 'The request was refused.', errors } = (body ?? {}) as { detail?: string; errors?: FieldErrors };
  const kind = kindOf(status);
  if (status >= 500) {
    // The status tells an outage, which a consumer waits out, from a failure at this request (`isOutage`).
    const cause = Object.assign(new Error(`A service answered ${status}.`), { statusCode: status });
    const words = kind && body ? detail : 'A part of the system failed. Try again soon.';
    return new Problem('unavailable', words, { cause, retryAfter: 1 });
  }
  // The caller did nothing wrong: our key is not accepted, or our path is unknown.
  if (kind === 'unauthenticated' || kind === undefined) return new Error(`A service answered ${status}: ${detail}`);
  return new Problem(kind, detail, { ...(errors && { errors }) });
}

const isReset = (error: unknown) =>
  Error.isError(error) && 'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET');
