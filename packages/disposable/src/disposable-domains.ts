import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { domainToASCII } from 'node:url';

import { disposableEmailBlocklist } from 'disposable-email-domains-js';
import published from 'disposable-email-domains-js/package.json' with { type: 'json' };

/** Whether an e-mail address is at a domain that hands out throw-away mailboxes. */
export type DisposableDomains = ((address: string) => boolean) & {
  /** The version of the lists: the release of ours, and a digest of the operator's own if there are any. */
  readonly version: string;
};

type Options = {
  /** Paths of the operator's own lists: one domain a line, each with all its subdomains; `#` begins a comment. */
  readonly allowFile?: string | undefined;
  readonly denyFile?: string | undefined;
};

/** The maintained list, with what the operator allows or denies besides. Allowed beats denied, and both beat the list. */
export async function disposableDomains({ allowFile, denyFile }: Options = {}): Promise<DisposableDomains> {
  const [allowed, denied] = await Promise.all([readDomains(allowFile), readDomains(denyFile)]);
  const listed = new Set(disposableEmailBlocklist());

  const isDisposable = (address: string) => {
    const domain = address.slice(address.lastIndexOf('@') + 1);
    if (domain.length > LONGEST) return false;
    const domains = withParents(domain);
    if (domains.some((name) => allowed.has(name))) return false;
    return domains.some((name) => denied.has(name) || listed.has(name));
  };
  return Object.assign(isDisposable, { version: versionOf(allowed, denied) });
}

/** A name of the DNS has 253 characters at most (RFC 1035, 2.3.4), and perhaps the root dot. Nobody hands out a longer one. */
const LONGEST = 254;

/** `a.b.example` → itself, `b.example`, `example`: throw-away services hand out subdomains too. */
function withParents(domain: string): string[] {
  const name = canonical(domain);
  const domains = [name];
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) domains.push(name.slice(dot + 1));
  return domains;
}

/** The form of lists: lower case, punycode, no root dot. */
const canonical = (domain: string): string => domainToASCII(domain.replace(/\.$/, ''));

async function readDomains(file: string | undefined): Promise<ReadonlySet<string>> {
  const lines = file ? (await readFile(file, 'utf8')).split('\n') : [];
  const domains = new Set<string>();
  for (const [n, line] of lines.entries()) {
    const written = line.replace(/#.*/, '').trim();
    if (!written) continue;
    const domain = canonical(written);
    if (!domain) throw new Error(`${file}, line ${n + 1}: ${written} is not a domain.`);
    domains.add(domain);
  }
  return domains;
}

function versionOf(allowed: ReadonlySet<string>, denied: ReadonlySet<string>): string {
  const list = `${published.name} ${published.version}`;
  if (allowed.size + denied.size === 0) return list;
  const own = JSON.stringify([[...allowed].toSorted(), [...denied].toSorted()]);
  return `${list}, operator ${hash('sha256', own, 'hex').slice(0, 12)}`;
}
