import type { Person } from '../harness/people.ts';
import type { Request } from '../harness/load.ts';

/** How another contact platform is spoken to. */
export type PeerApi = {
  readonly name: string;
  /** One contact, as its API makes it; `credential` is what `--peer` says after the address. */
  readonly create: (credential: string, person: Person) => Request;
  readonly created: number;
  /** The id in the answer to a create. */
  readonly idOf: (body: string) => string;
  readonly read: (credential: string, id: string) => Request;
  /** Our lower quartile over theirs, by connections (issue "Speed"). */
  readonly goals: PeerGoals;
  /** Figures of an earlier measurement, for a run without it. */
  readonly known: string;
};

type ByConnections = Readonly<Record<number, number>>;

export type PeerGoals = {
  readonly create: ByConnections;
  /** Ours counted until the last of them is published and verified. */
  readonly settled: ByConnections;
  readonly read: ByConnections;
};

/** One that runs, as `--peer` names it. */
export type Peer = { readonly api: PeerApi; readonly url: string; readonly credential: string };
