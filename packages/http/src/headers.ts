import type { IncomingMessage, Server } from 'node:http';

import { Problem } from '@kith/contracts';

const YEAR_S = 31_536_000;

/**
 * Sent with every answer: it is what its type says, and no cache keeps it, as most hold people or a secret. Over TLS also that the host is
 * to be asked by TLS only; over http browsers take no notice of that (RFC 6797, 8.1), and what ends TLS in front of us says it itself.
 */
export const safeHeaders = (overTls: boolean): Readonly<Record<string, string>> => ({
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  ...(overTls && { 'strict-transport-security': `max-age=${YEAR_S}` }),
});

/** Node would reject these itself, without a reason or a request id; and it would pass on the first of two equal headers. */
export const READ_BY_US = { joinDuplicateHeaders: true, requireHostHeader: false } as const;

/** Node refuses an unknown expectation without a word, unless somebody listens for it. */
export const passOnExpectations = (server: Pick<Server, 'on' | 'emit'>) =>
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));

/** Demands exactly one Host (RFC 9112, 3.2), no transfer coding but chunked (6.1), no expectation but 100-continue (RFC 9110, 10.1.1). */
export function refuseHeaders({ headers, httpVersion }: IncomingMessage): void {
  const { host, expect = '100-continue', 'transfer-encoding': coding = 'chunked' } = headers;
  if (host === undefined && httpVersion === '1.1') throw new Problem('malformed', 'There is no Host.');
  if (host?.includes(', ')) throw new Problem('malformed', 'There is more than one Host.');
  if (coding.toLowerCase() !== 'chunked') throw new Problem('malformed', 'The only transfer coding read is chunked.');
  if (expect.toLowerCase() !== '100-continue')
    throw new Problem('malformed', 'The only expectation met is 100-continue.');
}
