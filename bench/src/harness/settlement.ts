import type { Kith } from './kith.ts';
import { httpClient } from './load.ts';
import { type CpuTimes, cpuTimes } from './processes.ts';
import { untilQuiet } from './quiet.ts';
import { topicEnds } from './topic-ends.ts';

export type Settlement = AsyncDisposable & {
  /** Called with each answer to a create. */
  readonly created: (answer: string) => void;
  /**
   * Resolves when everything is published and verified: the topics have got no message for two seconds, and none of the last
   * contacts is pending. `at` is when the last message was seen, not when the two seconds were over.
   */
  readonly reached: () => Promise<{ readonly at: number; readonly cpu: CpuTimes | undefined }>;
};

const LAST = 32;
/** This is longer than verification-service keeps trying. */
const PATIENCE_MS = 90_000;

/** Reads the API and the topics, which every checkout has, and no tables, whose names may change. */
export async function settlementOf(kith: Kith): Promise<Settlement> {
  await using resources = new AsyncDisposableStack();
  const gateway = resources.use(httpClient(kith.gatewayUrl, 4));
  const ends = resources.use(await topicEnds(kith.kafkaBrokers, [kith.topics.contacts, kith.topics.verification]));
  const last: string[] = [];

  async function isPending(): Promise<boolean> {
    const headers = { authorization: `Bearer ${kith.token}` };
    for (const answer of last) {
      const { id } = contactOf(answer);
      const read = await gateway.send({ method: 'GET', path: `/api/v1/contacts/${id}`, headers });
      const { emailStatus, phoneStatus } = contactOf(read);
      if (emailStatus === 'pending' || phoneStatus === 'pending') return true;
    }
    return false;
  }

  const opened = resources.move();
  return {
    created(answer) {
      last.push(answer);
      if (last.length > LAST) last.shift();
    },
    async reached() {
      const patience = performance.now() + PATIENCE_MS;
      for (;;) {
        let cpu: CpuTimes | undefined;
        const onChange = () => (cpu = cpuTimes(kith.pid, kith.processes));
        const at = await untilQuiet({ look: ends.read, onChange });
        if (!(await isPending())) return { at, cpu };
        if (performance.now() > patience) throw new Error('Contacts are still pending after 90 s.');
      }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

type Statuses = { readonly id: number; readonly emailStatus: string; readonly phoneStatus: string };

const contactOf = (answer: string) => (JSON.parse(answer) as { data: Statuses }).data;
