import type { Context } from '../harness/context.ts';
import type { System } from '../harness/system.ts';
import { peerApis } from '../peers/index.ts';
import type { PeerApi } from '../peers/peer.ts';
import { type Figure, foreign, type Goal, measure, type Measure } from '../report/figure.ts';
import { kithSide } from '../sides/kith-side.ts';
import { peerSide } from '../sides/peer-side.ts';
import type { Job, Side } from '../sides/side.ts';
import { type Compared, connectionsOf, cpuOf, ratio, sample, sideBySide, turnsTable } from '../sides/side-by-side.ts';
import type { Turn } from '../sides/turn.ts';

const OURS = 'kith';
/** The goal in ms for a create at one connection, including all later work. */
const CPU_OF_A_CREATE: Goal = { atMost: 3 };

/** Measures creates and reads at each number of connections, with CPU by process, beside every peer that `--peer` names. */
export async function load(system: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const most = Math.max(...context.connections);
  const sides: Side[] = [resources.use(await kithSide(OURS, system, most))];
  for (const peer of context.peers) sides.push(resources.use(await peerSide(peer, most)));
  const peers = context.peers.map(({ api }) => api);
  return [
    figure('create', await sideBySide(sides, 'create', context), peers),
    figure('read', await sideBySide(sides, 'read', context), peers),
  ];
}

const WHAT = {
  create:
    'contacts created (POST /api/v1/contacts), closed loop; until settled: until the last of them is published and verified',
  read: 'contacts read (GET /api/v1/contacts/{id}), closed loop, 500 of them in turn',
} as const;

function figure(job: Job, compared: readonly Compared[], peers: readonly PeerApi[]): Figure {
  return {
    id: `${job}s`,
    what: WHAT[job],
    measures: compared.flatMap((one) => [...own(job, one), ...peers.flatMap((peer) => besidePeer(job, one, peer))]),
    table: turnsTable(compared, job),
    ...(peers.length === 0 &&
      job === 'create' && { note: `No --peer was given. ${peerApis.map(({ known }) => known).join(' ')}` }),
    ...foreign(compared.flatMap(({ rounds }) => rounds)),
  };
}

function own(job: Job, compared: Compared): readonly Measure[] {
  const { connections } = compared;
  const name = connectionsOf(connections);
  return [
    measure(
      `${name}, /s`,
      sample(compared, OURS, ({ perSecond }) => perSecond),
    ),
    ...(job === 'create'
      ? [
          measure(
            `${name}, /s until settled`,
            sample(compared, OURS, ({ settledPerSecond }) => settledPerSecond),
          ),
        ]
      : []),
    measure(
      `${name}, CPU ms`,
      sample(compared, OURS, cpuOf),
      job === 'create' && connections === 1 ? CPU_OF_A_CREATE : undefined,
    ),
  ];
}

function besidePeer(job: Job, compared: Compared, { name: peer, goals }: PeerApi): readonly Measure[] {
  const { connections } = compared;
  const over = (what: string, goal: number | undefined, valueOf: (turn: Turn) => number) =>
    measure(
      `${connectionsOf(connections)}${what}, over ${peer}'s`,
      ratio(compared, OURS, peer, valueOf),
      goal === undefined ? undefined : { atLeast: goal },
    );
  return [
    over('', goals[job][connections], ({ perSecond }) => perSecond),
    ...(job === 'create'
      ? [over(' until settled', goals.settled[connections], ({ settledPerSecond }) => settledPerSecond)]
      : []),
  ];
}
