import type { Context } from '../harness/context.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { closedLoop, httpClient, type HttpClient, type Load } from '../harness/load.ts';
import type { System } from '../harness/system.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';

const WRITERS = 50;
/** The command handler gives up a race after three attempts and says so. The writer then repeats its request. */
const REFUSED = 409;

/** Compares fifty writers on one contact with fifty writers on a contact each. */
export async function writers(system: System, context: Context): Promise<Figure[]> {
  await using gateway = httpClient(system.gatewayUrl, WRITERS);
  const api = contactsOf(system, gateway);
  const shared = await api.create();
  const own: number[] = [];
  for (let n = 0; n < WRITERS; n++) own.push(await api.create());

  const rounds = await interleave(
    {
      shared: () => turn(context.seconds, () => api.change(shared)),
      own: () => turn(context.seconds, (n) => api.change(own[n % WRITERS]!)),
    },
    context,
  );
  const missing = await api.missing(shared);
  return [
    {
      id: 'writers',
      what: `${WRITERS} writers change one contact (PATCH, no If-Match), beside ${WRITERS} with a contact each`,
      measures: [
        measure(
          'changes/s, over those with a contact each',
          eachRound(rounds, (m) => m.shared.done / m.own.done),
        ),
        measure(
          'changes/s of one contact',
          eachRound(rounds, (m) => m.shared.done),
        ),
        measure(
          'changes/s of a contact each',
          eachRound(rounds, (m) => m.own.done),
        ),
        measure(
          'one contact p50, ms',
          eachRound(rounds, (m) => m.shared.p50),
        ),
        measure(
          'one contact p99, ms',
          eachRound(rounds, (m) => m.shared.p99),
        ),
        measure(
          'refused with 409, %',
          eachRound(rounds, (m) => m.shared.refused * 100),
        ),
      ],
      note:
        missing === 0
          ? 'The contact has exactly one version for each acknowledged change.'
          : `${missing} acknowledged changes more than versions.`,
      ...foreign(rounds),
    },
  ];
}

type Turn = Load & { readonly done: number; readonly refused: number };

async function turn(seconds: number, change: (n: number) => Promise<boolean>): Promise<Turn> {
  let [asked, refused] = [0, 0];
  const load = await closedLoop(WRITERS, seconds, async () => {
    if (!(await change(asked++))) refused++;
  });
  const share = refused / load.count;
  return { ...load, refused: share, done: load.perSecond * (1 - share) };
}

type Contact = { readonly data: { readonly id: number; readonly version: number } };

function contactsOf({ token }: System, gateway: HttpClient) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const acknowledged = new Map<number, number>();
  let written = 0;
  return {
    /** Has no address to verify, so that only its writers add versions. */
    async create(): Promise<number> {
      const body = JSON.stringify({ name: 'Ada Lovelace' });
      const answer = await gateway.send({ method: 'POST', path: '/api/v1/contacts', headers, body }, 201);
      return (JSON.parse(answer) as Contact).data.id;
    },
    /** False when the race was lost. */
    async change(id: number): Promise<boolean> {
      const body = JSON.stringify({ company: `Company ${++written}` });
      const { status, body: answer } = await gateway.ask({
        method: 'PATCH',
        path: `/api/v1/contacts/${id}`,
        headers,
        body,
      });
      if (status === REFUSED) return false;
      if (status !== 200) throw new Error(`PATCH answers ${status}: ${answer}`);
      acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1);
      return true;
    },
    /** Acknowledged changes minus the versions after the first, which is the creation. */
    async missing(id: number): Promise<number> {
      const answer = await gateway.send({ method: 'GET', path: `/api/v1/contacts/${id}`, headers });
      return (acknowledged.get(id) ?? 0) - ((JSON.parse(answer) as Contact).data.version - 1);
    },
  };
}
