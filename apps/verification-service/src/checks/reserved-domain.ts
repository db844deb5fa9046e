import { parseAddress } from './address.ts';
import type { Check } from './check.ts';

/**
 * Names that the public DNS never has but an internal resolver may know: clients that create contacts must not learn which of them exist.
 * `test` (RFC 6761) is left out: the zone of the local stack is `kith.test`.
 */
const RESERVED = [
  // RFC 6761.
  'example',
  'invalid',
  'localhost',
  // Multicast DNS (RFC 6762), and with it Kubernetes' `cluster.local`.
  'local',
  // Infrastructure (RFC 3172): reverse look-ups, `home.arpa` (RFC 8375).
  'arpa',
  // RFC 7686, RFC 9476.
  'onion',
  'alt',
  // For private use: ICANN's resolution 2024.07.29.06; RFC 6762, appendix G; ICANN's resolution 2018.02.04.12.
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'mail',
  // Common internal names: Kubernetes' services, hosts without a domain, Consul.
  'svc',
  'localdomain',
  'consul',
];

/** A domain under a reserved suffix, or one of the operator's own, takes no mail from outside. */
export function reservedDomain(internalSuffixes: readonly string[]): Check {
  const suffixes = [...RESERVED, ...internalSuffixes].map((suffix) => `.${suffix}`);
  return {
    name: 'reserved_domain',
    version: '1',
    asks: 'nobody',
    ask(value) {
      const domain = `.${parseAddress(value)?.domain ?? ''}`;
      return suffixes.some((suffix) => domain.endsWith(suffix))
        ? { says: 'settled', status: 'invalid', reason: 'reserved_domain' }
        : { says: 'pass' };
    },
  };
}
