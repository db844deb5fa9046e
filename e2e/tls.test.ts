import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSystem, type System } from '@kith/stack/testing';
import { describeOverTls, testCertificate } from '@kith/stack/testing/tls';

let certificate: ReturnType<typeof testCertificate>;
let system: System;

/** Connects like a client that knows the gateway's name and trusts its certificate. */
async function get(path: string, options: object = {}, gatewayUrl = system.gatewayUrl) {
  const { token } = system;
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    request(`${gatewayUrl}/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}` },
      ca: readFileSync(certificate.cert),
      servername: 'api.kith.test',
      agent: false,
      ...options,
    })
      .on('response', resolve)
      .on('error', reject)
      .end(),
  );
  const { authorized } = answer.socket as TLSSocket;
  const body = (await answer.setEncoding('utf8').toArray()).join('');
  return { status: answer.statusCode, authorized, headers: answer.headers, body };
}

describeOverTls('with TLS_CERT and TLS_KEY', () => {
  beforeAll(async () => {
    certificate = testCertificate('DNS:api.kith.test,IP:127.0.0.1');
    system = await startSystem({ env: { TLS_CERT: certificate.cert, TLS_KEY: certificate.key } });
  }, 120_000);
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
    certificate[Symbol.dispose]();
  }, 60_000);

  test('the gateway speaks HTTPS with the given certificate', async () => {
    expect(system.gatewayUrl).toMatch(/^https:/);
    const { status, authorized, headers, body } = await get('/contact-lists/all');
    expect({ status, authorized }).toEqual({ status: 200, authorized: true });
    expect(JSON.parse(body)).toMatchObject({ data: [{ name: 'Demo' }] });
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  test('a client that expects another name refuses the connection', async () => {
    await expect(get('/contact-lists/all', { servername: 'other.kith.test' })).rejects.toThrow(/does not match/);
  });

  test('the gateway does not speak TLS 1.1', async () => {
    await expect(get('/contact-lists/all', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  test('the gateway does not speak HTTP', async () => {
    const plain = system.gatewayUrl.replace('https:', 'http:');
    await expect(fetch(`${plain}/healthz`)).rejects.toThrow();
  });

  test('the services behind it speak HTTPS, and only a gateway that trusts their issuer calls them', async () => {
    const tls = { TLS_CERT: certificate.cert, TLS_KEY: certificate.key };
    const services = {
      CONTACTS_URL: await system.startReplica('contacts-service', tls),
      TOKENS_URL: await system.startReplica('token-service', tls),
    };
    expect(services).toEqual({
      CONTACTS_URL: expect.stringMatching(/^https:/),
      TOKENS_URL: expect.stringMatching(/^https:/),
    });
    const trusting = await system.startGateway({ ...services, INTERNAL_CA: certificate.cert });
    expect(await get('/contact-lists/all', {}, trusting)).toMatchObject({ status: 200 });
    const doubting = await system.startGateway(services);
    expect(await get('/contact-lists/all', {}, doubting)).toMatchObject({ status: 503 });
  }, 60_000);
});
