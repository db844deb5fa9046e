import { Resolver } from 'node:dns/promises';

import type { VerifiedField } from '@kith/contracts/contacts';
import type { DisposableDomains } from '@kith/disposable';

import type { Check } from './check.ts';
import { disposableDomain } from './disposable-domain.ts';
import { domainTypo } from './domain-typo.ts';
import { mailExchanger } from './mail-exchanger.ts';
import { phoneNumber } from './phone-number.ts';
import { reservedDomain } from './reserved-domain.ts';
import { roleAccount } from './role-account.ts';
import { syntax } from './syntax.ts';

export { type Answerer, type Assessment, verify, whomToAsk } from './check.ts';

export type Checks = { readonly [field in VerifiedField]: readonly Check[] };

type Sources = {
  readonly isDisposable: DisposableDomains;
  /** Domains of the operator's own network, besides those that are reserved everywhere. */
  readonly internalSuffixes: readonly string[];
  readonly dns: Parameters<typeof mailExchanger>[0];
};

/** The cheapest checks come first: the network is asked only about values that could still be valid. */
export const allChecks = ({ isDisposable, internalSuffixes, dns }: Sources): Checks => ({
  email: [
    syntax,
    reservedDomain(internalSuffixes),
    disposableDomain(isDisposable),
    roleAccount,
    domainTypo,
    mailExchanger(dns),
  ],
  phone: [phoneNumber],
});

/** Asks these name servers (`host:port`, IPv6 in brackets), or the system's if none is given. It gives up soon: the check is tried again. */
export function resolver(
  servers: readonly string[],
  { timeoutMs = 1_000 }: { readonly timeoutMs?: number } = {},
): Resolver {
  const dns = new Resolver({ timeout: timeoutMs, tries: 2, maxTimeout: timeoutMs });
  if (servers.length > 0) dns.setServers(servers);
  return dns;
}
