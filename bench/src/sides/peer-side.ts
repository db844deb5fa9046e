import { httpClient } from '../harness/load.ts';
import { person } from '../harness/people.ts';
import type { Peer } from '../peers/peer.ts';
import { READ_AMONG, type Side } from './side.ts';

/** A platform that somebody else has started. We cannot see the work it defers; the pause between turns allows for it. */
export async function peerSide({ api, url, credential }: Peer, connections: number): Promise<Side> {
  await using resources = new AsyncDisposableStack();
  const client = resources.use(httpClient(url, connections));
  let made = 0;
  const create = () => client.send(api.create(credential, person(++made)), api.created);

  const ids: string[] = [];
  for (let n = 0; n < READ_AMONG; n++) ids.push(api.idOf(await create()));
  let reads = 0;

  const opened = resources.move();
  return {
    name: api.name,
    create,
    read: () => client.send(api.read(credential, ids[reads++ % READ_AMONG]!)),
    settled: async () => ({ at: performance.now(), cpu: undefined }),
    cpu: () => ({}),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
