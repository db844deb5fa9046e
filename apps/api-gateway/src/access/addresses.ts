import type { IncomingMessage } from 'node:http';

import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';

export type AddressOf = (request: IncomingMessage) => string;

/**
 * The address a request comes from: the other end of its connection. If that is a trusted proxy, it is what `X-Forwarded-For` says: right to
 * left the first that is no such proxy (FO-6).
 */
export function addresses(trustedProxies: readonly string[]): AddressOf {
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (request) => proxyAddr(request, isTrusted);
}

const NETWORK_PARTS = 4;

/** By which somebody is known who may have many addresses: of IPv6 the /64, which is what one customer is given. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, NETWORK_PARTS), 0, 0, 0, 0]).toString()}/64`;
}
