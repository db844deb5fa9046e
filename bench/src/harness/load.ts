import { setTimeout as delay } from 'node:timers/promises';

import { type Dispatcher, Pool } from 'undici';

import { quantile } from './statistics.ts';

export type Request = Pick<Dispatcher.DispatchOptions, 'method' | 'path'> & {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Load = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
  /** Seconds until the last answer. */
  readonly elapsed: number;
};

/** Runs this many workers. Each starts its next piece of work as soon as it has finished the last one. */
export async function closedLoop(workers: number, seconds: number, work: () => Promise<unknown>): Promise<Load> {
  const latencies: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let begun = performance.now(); begun < end;) {
        await work();
        const done = performance.now();
        latencies.push(done - begun);
        begun = done;
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1000;
  const count = latencies.length;
  return { perSecond: count / elapsed, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), count, elapsed };
}

/** Starts work at a steady rate for some time, whether or not earlier work has ended. Resolves when all work has ended. */
export async function openLoop(
  perSecond: number,
  goesOn: (begun: number) => boolean,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  const all: Promise<unknown>[] = [];
  for (let n = 0; goesOn(n); n++) {
    await delay(Math.max(0, start + (n * 1000) / perSecond - performance.now()));
    const one = work(n);
    // The promise is awaited below. An earlier unhandled rejection would end this process and leave the systems running.
    one.catch(() => {});
    all.push(one);
  }
  await Promise.all(all);
}

export type HttpClient = AsyncDisposable & {
  /** The answer, whatever its status. */
  readonly ask: (request: Request) => Promise<{ readonly status: number; readonly body: string }>;
  /** The body of an answer, which must have this status. */
  readonly send: (request: Request, status?: number) => Promise<string>;
};

/** A minimal client, because it runs on the machine that it measures. */
export function httpClient(url: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const ask = (request: Request) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const chunks: Buffer[] = [];
      let status = 0;
      pool.dispatch(request, {
        onRequestStart() {},
        onResponseStart(_, statusCode) {
          status = statusCode;
        },
        onResponseData(_, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          resolve({ status, body: Buffer.concat(chunks).toString() });
        },
        onResponseError(_, error) {
          reject(error);
        },
      });
    });
  return {
    ask,
    async send(request, expected = 200) {
      const { status, body } = await ask(request);
      if (status === expected) return body;
      throw new Error(`${request.method} ${request.path} answers ${status}: ${body}`);
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
