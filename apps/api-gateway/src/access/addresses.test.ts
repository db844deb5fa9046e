import type { IncomingMessage } from 'node:http';

import { describe, expect, test } from '@jest/globals';

import { addresses, networkOf } from './addresses.ts';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('The address of a client (FO-6)', () => {
  test.each<[string, string[], string, string | undefined, string]>([
    ['is the other end of the connection', [], '203.0.113.7', undefined, '203.0.113.7'],
    ['is the other end, whatever a client says of itself', [], '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['is what a trusted proxy says', ['10.0.0.0/8'], '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    ['is not what came before a trusted proxy', ['10.0.0.0/8'], '10.1.2.3', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
    [
      'is the last one that is not trusted',
      ['10.0.0.0/8', '192.0.2.1'],
      '10.1.2.3',
      '1.1.1.1, 198.51.100.1, 192.0.2.1,10.9.9.9',
      '198.51.100.1',
    ],
    ['is the connection of a proxy that is not trusted', ['10.0.0.0/8'], '192.0.2.9', '198.51.100.1', '192.0.2.9'],
    ['is read over IPv6, too', ['fd00::/8'], 'fd00::1', '2001:db8::7', '2001:db8::7'],
  ])('%s', (_, trusted, remote, forwarded, address) => {
    expect(addresses(trusted)(request(remote, forwarded))).toBe(address);
  });
});

describe('The network that look-ups count by', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    // A client with one IPv6 address has 2^64 of them.
    ['2001:db8:1:2:aaaa::1', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:bbbb::2', '2001:db8:1:2::/64'],
    ['2001:db8:1:3::', '2001:db8:1:3::/64'],
    ['unknown', 'unknown'],
  ])('is, for %s, %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
