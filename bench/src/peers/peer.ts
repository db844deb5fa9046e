import type { Person } from '../harness/people.ts';
import type { Request } from '../harness/load.ts';

/** The API of another contact platform. */
export type PeerApi = {
  readonly name: string;
  /** The request that creates a contact. `credential` is the part of `--peer` after the address. */
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
  /** Our creates, counted until the last of them is published and verified. */
  readonly settled: ByConnections;
  readonly read: ByConnections;
};

/** A running peer, as `--peer` names it. */
export type Peer = { readonly api: PeerApi; readonly url: string; readonly credential: string };
