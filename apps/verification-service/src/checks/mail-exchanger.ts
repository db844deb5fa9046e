import type { MxRecord } from 'node:dns';
import type { Resolver } from 'node:dns/promises';

import { parseAddress } from './address.ts';
import type { Check, Finding } from './check.ts';

type Dns = Pick<Resolver, 'resolveMx' | 'resolve4' | 'resolve6'>;

/** The answer of the DNS about a name: records, none of this kind, no such name, or nothing at all. */
type Answer<Item> = { items: readonly Item[] } | { error: 'no-data' | 'no-such-name' | 'timeout' | 'failure' };

/** Settles a domain that takes no mail. A resolver that does not answer settles nothing. */
export function mailExchanger(dns: Dns): Check {
  const underWay = new Map<string, Promise<Finding>>();
  return {
    name: 'mail_exchanger',
    asks: 'dns',
    /** Addresses at one domain share a pending question: 400 of them at a silent domain would ask 400 times at once. */
    ask(value) {
      const domain = parseAddress(value)?.domain ?? '';
      const finding = underWay.get(domain) ?? find(dns, domain).finally(() => underWay.delete(domain));
      underWay.set(domain, finding);
      return finding;
    },
  };
}

async function find(dns: Dns, domain: string): Promise<Finding> {
  const exchangers = await answerOf(dns.resolveMx(domain));
  if ('items' in exchangers && exchangers.items.length > 0) return byExchangers(exchangers.items);
  if ('error' in exchangers && exchangers.error !== 'no-data') return byError(exchangers.error);
  // RFC 5321, 5.1: without an MX record, the host of that name takes its mail.
  const [ipv4, ipv6] = await Promise.all([answerOf(dns.resolve4(domain)), answerOf(dns.resolve6(domain))]);
  return byHosts(ipv4, ipv6);
}

function byExchangers(records: readonly MxRecord[]): Finding {
  // RFC 7505: a single exchanger, the root, means that the domain takes no mail.
  return records.every(({ exchange }) => exchange === '' || exchange === '.')
    ? { says: 'settled', status: 'invalid', reason: 'null_mail_exchanger' }
    : { says: 'pass', details: { answer: 'mx' } };
}

function byHosts(...answers: readonly Answer<string>[]): Finding {
  if (answers.some((answer) => 'items' in answer && answer.items.length > 0))
    return { says: 'pass', details: { answer: 'host' } };
  for (const answer of answers) {
    if ('error' in answer && (answer.error === 'timeout' || answer.error === 'failure')) return byError(answer.error);
  }
  return byError('no-data');
}

function byError(error: 'no-data' | 'no-such-name' | 'timeout' | 'failure'): Finding {
  switch (error) {
    case 'no-such-name':
      return { says: 'settled', status: 'invalid', reason: 'no_such_domain' };
    case 'no-data':
      return { says: 'settled', status: 'invalid', reason: 'no_mail_exchanger' };
    case 'timeout':
      return { says: 'unanswered', reason: 'dns_timeout' };
    case 'failure':
      return { says: 'unanswered', reason: 'dns_failure' };
  }
}

async function answerOf<Item>(question: Promise<Item[]>): Promise<Answer<Item>> {
  try {
    return { items: await question };
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENODATA':
        return { error: 'no-data' };
      case 'ENOTFOUND':
        return { error: 'no-such-name' };
      case 'ETIMEOUT':
      case 'ECANCELLED':
        return { error: 'timeout' };
      default:
        return { error: 'failure' };
    }
  }
}

const codeOf = (error: unknown) => (Error.isError(error) && 'code' in error ? String(error.code) : '');
