import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { frame, frames } from './forward.ts';
import { mx, readQuestion, RCODE, writeAnswer } from './message.ts';
import { type DnsServer, startDns } from './dns.ts';
import { LOOPBACK } from '../process/ports.ts';

let dns: DnsServer;
const resolver = new Resolver({ timeout: 1000, tries: 1 });

beforeAll(async () => {
  dns = await startDns({ forwardTo: [] });
  resolver.setServers([dns.address]);
});
afterAll(async () => dns[Symbol.asyncDispose]());

describe('the demo zone', () => {
  test.each(['kith.test', 'ok.kith.test', 'OK.Kith.Test', 'any.other.name.kith.test'])(
    '%s takes mail',
    async (name) => {
      expect(await resolver.resolveMx(name)).toMatchObject([{ priority: 10, exchange: 'mail.kith.test' }]);
    },
  );

  test('the mail server has an address', async () => {
    expect(await resolver.resolve4('mail.kith.test')).toEqual(['192.0.2.25']);
  });

  test('nomx exists but has no mail server and no address', async () => {
    await expect(resolver.resolveMx('nomx.kith.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('nomx.kith.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve6('nomx.kith.test')).rejects.toMatchObject({ code: 'ENODATA' });
  });

  test('nullmx says that it takes no mail', async () => {
    expect(await resolver.resolveMx('nullmx.kith.test')).toMatchObject([{ priority: 0, exchange: '' }]);
  });

  test('servfail fails', async () => {
    await expect(resolver.resolveMx('servfail.kith.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  test('timeout never answers', async () => {
    const impatient = new Resolver({ timeout: 100, tries: 1 });
    impatient.setServers([dns.address]);
    await expect(impatient.resolveMx('timeout.kith.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  });
});

describe('other names', () => {
  test('are forwarded to the resolvers', async () => {
    await using behind = createSocket('udp4', (query, from) => behind.send(exampleAnswer(query), from.port));
    behind.bind(0, LOOPBACK);
    await once(behind, 'listening');
    // A dead resolver among several does not matter.
    await using front = await startDns({ forwardTo: [`${LOOPBACK}:1`, `${LOOPBACK}:${behind.address().port}`] });
    const client = new Resolver({ timeout: 1000, tries: 1 });
    client.setServers([front.address]);
    expect(await client.resolveMx('example.com')).toMatchObject([{ priority: 5, exchange: 'mx.example.com' }]);
  });

  test('are forwarded over TCP when the query came over TCP', async () => {
    using cleanUp = new DisposableStack();
    const behind = cleanUp.adopt(createServer().listen(0, LOOPBACK), (server) => server.close());
    await once(behind, 'listening');
    const { port } = behind.address() as AddressInfo;
    await using front = await startDns({ forwardTo: [`${LOOPBACK}:${port}`] });
    const client = cleanUp.adopt(connect(Number(front.address.split(':')[1]), LOOPBACK), (socket) => socket.destroy());
    client.write(frame(questionFor('example.com')));
    const [forwarded] = (await once(behind, 'connection')) as [Socket];
    for await (const query of frames(forwarded)) forwarded.end(frame(exampleAnswer(query)));
    const { value: answer } = await frames(client).next();
    expect(answer).toEqual(exampleAnswer(questionFor('example.com')));
  });

  test('fail at once when there is no network', async () => {
    await expect(resolver.resolveMx('example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });
});

const exampleAnswer = (query: Buffer): Buffer =>
  writeAnswer(query, RCODE.NOERROR, readQuestion(query)?.name === 'example.com' ? [mx(5, 'mx.example.com')] : []);

/** A query for the MX records of a name: an id, one question, recursion desired. */
const questionFor = (name: string): Buffer =>
  Buffer.concat([
    Buffer.from('4b6901000001000000000000', 'hex'),
    ...name.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from('00000f0001', 'hex'),
  ]);
