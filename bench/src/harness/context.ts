import type { Peer } from '../peers/peer.ts';

/** How a run was asked to measure. */
export type Context = {
  readonly rounds: number;
  /** Of each turn. */
  readonly seconds: number;
  /** Between the turns of two sides. */
  readonly pause: number;
  /** That the list of `search` has. */
  readonly contacts: number;
  /** Seconds for which `idle` watches. */
  readonly idle: number;
  readonly connections: readonly number[];
  readonly peers: readonly Peer[];
  readonly say: (line: string) => void;
  /** Aborted when the run is to end before its time. */
  readonly signal: AbortSignal;
};
