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

export type ServiceClient = AsyncDisposable & {
  /** The body of the answer. Throws the service's own `Problem`, or `unavailable` where there was no answer in time. */
  readonly request: <Body>(request: ServiceRequest) => Promise<Body>;
  /** The same with status and headers. */
  readonly answer: <Body>(request: ServiceRequest) => Promise<ServiceAnswer<Body>>;
};

export type ServiceClientOptions = {
  readonly url: string;
  readonly internalKey: string;
  /** In PEM: whom to trust where the url is https, if not the system's authorities. */
  readonly ca?: string | undefined;
  /** From the request to the end of the answer, a second attempt included. */
  readonly timeoutMs?: number;
  /** Requests at once; more wait. */
  readonly connections?: number;
  /** Where given, a request waits for the turn of whom it is for. */
  readonly turns?: { readonly take: Turns; readonly of: (request: ServiceRequest) => string };
};

/** HTTP to another service of the installation, over connections that are kept. */
export function serviceClient(options: ServiceClientOptions): ServiceClient {
  const { url, internalKey, ca, timeoutMs = 10_000, connections = 64, turns } = options;
  const pool = new Pool(url, {
    connections,
    pipelining: 1,
    connect: { timeout: 3_000, ...(ca !== undefined && { ca }) },
  });

  async function answer<Body>(request: ServiceRequest): Promise<ServiceAnswer<Body>> {
    const { method, path, headers, body } = request;
    // Not AbortSignal.timeout: its timers outlive the answers, ten thousands of them under load.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs);
    const { signal } = deadline;
    const exchange = async () => {
      const response = await pool.request({
        method,
        path,
        headers: {
          ...headers,
          [INTERNAL_KEY_HEADER]: internalKey,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal,
      });
      return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    };
    // A kept connection may have been closed as the request left; asking once more changes nothing.
    const insist = () =>
      exchange().catch((error: unknown) => {
        if (method !== 'GET' || !isReset(error)) throw error;
        return exchange();
      });
    const { text, ...rest } = await (turns ? turns.take(turns.of(request), insist, signal) : insist())
      .catch((cause: unknown) => {
        if (cause instanceof Problem) throw cause;
        throw new Problem('unavailable', 'A part of the system is away. Try again soon.', { cause, retryAfter: 1 });
      })
      .finally(() => clearTimeout(timer));
    const parsed = bodyOf(rest.status, text);
    if (rest.status >= 400) throw problemOf(rest.status, parsed);
    return { ...rest, body: parsed as Body };
  }

  return {
    answer,
    request: async <Body>(request: ServiceRequest) => (await answer<Body>(request)).body,
    // Whoever asked for what is still under way has been cut off: waiting for it would only hold up the end.
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** A proxy in front of a service that is away has words of its own. */
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
  // Not the caller's doing: our key is wrong, or what we asked for is not there.
  if (kind === 'unauthenticated' || kind === undefined) return new Error(`A service answered ${status}: ${detail}`);
  return new Problem(kind, detail, { ...(errors && { errors }) });
}

const isReset = (error: unknown) =>
  Error.isError(error) && 'code' in error && (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET');
