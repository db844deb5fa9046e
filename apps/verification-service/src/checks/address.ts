import { domainToASCII } from 'node:url';

export type Address = { readonly local: string; readonly domain: string };

// RFC 5321, 4.1.2, with RFC 6531: a dot-string or a quoted string; a character beyond ASCII may stand wherever a letter may.
const DOT_STRING = /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10FFFF}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10FFFF}-]+)*$/u;
const QUOTED_STRING = /^"(?:[\x20\x21\x23-\x5B\x5D-\x7E\u{80}-\u{10FFFF}]|\\[\x20-\x7E])*"$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The parts of an e-mail address, the domain as the DNS knows it; or undefined where the value is no address. */
export function parseAddress(value: string): Address | undefined {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, Math.max(at, 0));
  const domain = domainToASCII(value.slice(at + 1));
  return isLocal(local) && isDomain(domain) ? { local, domain } : undefined;
}

// RFC 5321, 4.5.3.1: lengths count octets.
const isLocal = (local: string) =>
  Buffer.byteLength(local) <= 64 && (DOT_STRING.test(local) || QUOTED_STRING.test(local));

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  return labels.length > 1 && isDomainSuffix(domain);
}

/** A domain as the DNS knows it, or its last labels. */
export function isDomainSuffix(suffix: string): boolean {
  const labels = suffix.split('.');
  return suffix.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}
