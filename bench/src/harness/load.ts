import { type Dispatcher, Pool } from 'undici';

import { quantile } from './statistics.ts';

export type Request = Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'body'> & {
  readonly headers?: Readonly<Record<string, string>>;
};

export type Load = { readonly perSecond: number; readonly p50: number; readonly p99: number; readonly count: number };

/** As many workers as told, each at its next piece of work as soon as the last is done. */
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
  return { perSecond: count / elapsed, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), count };
}

export type HttpClient = AsyncDisposable & {
  /** The body of the answer, which must have the status. */
  readonly send: (request: Request, status?: number) => Promise<string>;
};

/** As little of a client as there can be: it runs on the machine that it measures. */
export function httpClient(url: string, connections: number): HttpClient {
  const pool = new Pool(url, { connections, pipelining: 1 });
  return {
    send: (request, expected = 200) =>
      new Promise((resolve, reject) => {
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
            const body = Buffer.concat(chunks).toString();
            if (status === expected) resolve(body);
            else reject(new Error(`${request.method} ${request.path} answers ${status}: ${body}`));
          },
          onResponseError(_, error) {
            reject(error);
          },
        });
      }),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
