import type { Kith } from '../harness/kith.ts';
import { httpClient } from '../harness/load.ts';
import { person } from '../harness/people.ts';
import { cpuTimes } from '../harness/processes.ts';
import { settlementOf } from '../harness/settlement.ts';
import { READ_AMONG, type Side } from './side.ts';

/** A Kith system, driven only by its public API, so that it may come from any checkout. */
export async function kithSide(name: string, kith: Kith, connections: number): Promise<Side> {
  await using resources = new AsyncDisposableStack();
  const gateway = resources.use(httpClient(kith.gatewayUrl, connections));
  const settlement = resources.use(await settlementOf(kith));
  const authorization = { authorization: `Bearer ${kith.token}` };
  const headers = { ...authorization, 'content-type': 'application/json' };

  let made = 0;
  async function create(): Promise<string> {
    const body = JSON.stringify(person(++made));
    const answer = await gateway.send({ method: 'POST', path: '/api/v1/contacts', headers, body }, 201);
    settlement.created(answer);
    return answer;
  }

  const ids: number[] = [];
  for (let n = 0; n < READ_AMONG; n++) ids.push((JSON.parse(await create()) as { data: { id: number } }).data.id);
  await settlement.reached();
  let reads = 0;

  const opened = resources.move();
  return {
    name,
    create,
    read: () =>
      gateway.send({ method: 'GET', path: `/api/v1/contacts/${ids[reads++ % READ_AMONG]}`, headers: authorization }),
    settled: settlement.reached,
    cpu: () => cpuTimes(kith.pid, kith.processes),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
