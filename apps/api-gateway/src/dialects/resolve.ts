import { type DialectName, dialectName } from '@kith/contracts';

type Addressed = {
  readonly url: string;
  readonly host: string | undefined;
  /** Of the token, where a valid one is sent. */
  readonly tokenDialect: DialectName | undefined;
};

export type DialectHosts = ReadonlyMap<string, DialectName>;

const MOUNTS: ReadonlySet<string> = new Set(dialectName.exclude(['native']).options);

/** Which API a request speaks: its mount says, else its host, else its token. Nothing is guessed from its shape. */
export const resolveDialect = ({ url, host, tokenDialect }: Addressed, hosts: DialectHosts): DialectName =>
  mountOf(url) ?? hosts.get(nameOf(host)) ?? tokenDialect ?? 'native';

function mountOf(url: string): DialectName | undefined {
  const [, mount = ''] = /^\/([a-z]+)(?:[/?]|$)/.exec(url) ?? [];
  return MOUNTS.has(mount) ? (mount as DialectName) : undefined;
}

const nameOf = (host = ''): string => host.toLowerCase().replace(/:\d+$/, '');
