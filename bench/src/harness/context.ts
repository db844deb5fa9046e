import type { Peer } from '../peers/peer.ts';

/** The options of a run. */
export type Context = {
  readonly rounds: number;
  /** The length of each turn. */
  readonly seconds: number;
  /** Seconds between the turns of two sides. */
  readonly pause: number;
  /** The size of the list of `search`. */
  readonly contacts: number;
  /** Seconds for which `idle` watches. */
  readonly idle: number;
  readonly connections: readonly number[];
  readonly peers: readonly Peer[];
  readonly say: (line: string) => void;
  /** Aborted when the run must end early. */
  readonly signal: AbortSignal;
};
