import type { IncomingHttpHeaders } from 'node:http';

import { type DialectName, dialectName } from '@kith/contracts';

import type { Dialect } from './dialect.ts';

type Target = { readonly url: string; readonly host: string | undefined };

export type DialectHosts = ReadonlyMap<string, DialectName>;

const MOUNTS: ReadonlySet<string> = new Set(dialectName.exclude(['native']).options);

/** The API that a request is addressed to: its mount says, else its host. Where neither does, its token will. Nothing is guessed from its shape. */
export const addressedDialect = ({ url, host }: Target, hosts: DialectHosts): DialectName | undefined =>
  mountOf(url) ?? hosts.get(nameOf(host));

/** The token of a request, as the first of these APIs reads it that finds one. */
export function credentialOf(
  headers: IncomingHttpHeaders,
  candidates: readonly Pick<Dialect, 'credential'>[],
): string | undefined {
  for (const { credential } of candidates) {
    const token = credential(headers);
    if (token !== undefined) return token;
  }
  return undefined;
}

function mountOf(url: string): DialectName | undefined {
  const [, mount = ''] = /^\/([a-z]+)(?:[/?]|$)/.exec(url) ?? [];
  return MOUNTS.has(mount) ? (mount as DialectName) : undefined;
}

const nameOf = (host = ''): string => host.toLowerCase().replace(/:\d+$/, '');
