import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeOverTls, testCertificate } from '@kith/stack/testing/tls';

import { type HttpApp, httpApp } from './app.ts';
import { serviceClient } from './client.ts';

const INTERNAL_KEY = 'an internal key of at least 32 characters';

describeOverTls('a service that speaks TLS', () => {
  let ours: ReturnType<typeof testCertificate>;
  let others: ReturnType<typeof testCertificate>;
  beforeAll(() => {
    ours = testCertificate('IP:127.0.0.1');
    others = testCertificate('IP:127.0.0.1');
  });
  afterAll(() => {
    for (const made of [ours, others]) made[Symbol.dispose]();
  });

  let app: HttpApp;
  let url: string;
  beforeEach(async () => {
    app = httpApp({
      logger: false,
      ready: async () => {},
      internalKeys: [INTERNAL_KEY],
      limits: { closingMs: 200 },
      tls: { cert: readFileSync(ours.cert, 'utf8'), key: readFileSync(ours.key, 'utf8') },
    });
    app.get('/things', async () => ({ found: true }));
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => app.close());

  const ask = async (ca?: string) => {
    await using client = serviceClient({ url, internalKey: INTERNAL_KEY, ...(ca && { ca: readFileSync(ca, 'utf8') }) });
    return await client.answer({ method: 'GET', path: '/things' });
  };

  test('is asked by who trusts its issuer, and says that it is to be asked so', async () => {
    const { status, headers, body } = await ask(ours.cert);
    expect({ status, body }).toEqual({ status: 200, body: { found: true } });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('is unavailable to who trusts another issuer, or none but the system’s', async () => {
    await expect(ask(others.cert)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(ask()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('stops although a client has connected and begins no handshake', async () => {
    const silent = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    await once(silent, 'connect');
    // It has been accepted once one that came later has been served.
    await ask(ours.cert);
    const gone = once(silent.resume(), 'close');
    await app.close();
    await gone;
    expect(silent.destroyed).toBe(true);
  });
});
