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

/** As Node answers these it tells neither why nor of which request; and of a header given twice it passes the first on. */
export const READ_BY_US = { joinDuplicateHeaders: true, requireHostHeader: false } as const;

/** To a listener of its own Node gives what it would refuse without a word. */
export const passOnExpectations = (server: Pick<Server, 'on' | 'emit'>) =>
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));

/** A host, and one (RFC 9112, 3.2); a body as it is, whole or in chunks (6.1); no promise that is not kept (RFC 9110, 10.1.1). */
export function refuseHeaders({ headers, httpVersion }: IncomingMessage): void {
  const { host, expect = '100-continue', 'transfer-encoding': coding = 'chunked' } = headers;
  if (host === undefined && httpVersion === '1.1') throw new Problem('malformed', 'There is no Host.');
  if (host?.includes(', ')) throw new Problem('malformed', 'There is more than one Host.');
  if (coding.toLowerCase() !== 'chunked') throw new Problem('malformed', 'The only transfer coding read is chunked.');
  if (expect.toLowerCase() !== '100-continue')
    throw new Problem('malformed', 'The only expectation met is 100-continue.');
}
