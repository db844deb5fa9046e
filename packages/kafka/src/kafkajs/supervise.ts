import type { Reader } from './reader.ts';
import { every } from './wait.ts';

export type Supervision = {
  readonly open: (signs: { readonly onSignOfLife: () => void; readonly onEnded: (error: Error) => void }) => Reader;
  /** Whether Kafka answers another client: if not, silence is not the reader's fault. */
  readonly kafkaAnswers: () => Promise<boolean>;
  readonly onRebuild: (reason: Error) => void;
  readonly onFatal: (error: Error) => void;
  /** How long a reader may show no sign of life, in milliseconds. */
  readonly patience?: number;
  readonly checkEvery?: number;
};

const REBUILDS = 3;

/** Keeps one reader open and replaces it when it has ended or got stuck; after three in vain the process is no good. */
export function supervise(supervision: Supervision): AsyncDisposable {
  const { open, kafkaAnswers, onRebuild, onFatal, patience = 30_000, checkEvery = 1_000 } = supervision;
  const ending = new AbortController();
  let rebuilds = 0;
  let current = watched(open);

  const check = async () => {
    const now = Date.now();
    if (rebuilds > 0 && !current.ended && current.lastSign - current.openedAt > patience) rebuilds = 0;

    const silent = now - current.lastSign > patience;
    const reason =
      current.ended ?? (silent && (await kafkaAnswers()) ? new Error(`no sign of life for ${patience} ms`) : undefined);
    if (!reason || ending.signal.aborted) return;

    if (rebuilds === REBUILDS) {
      ending.abort();
      onFatal(new Error(`The consumer was rebuilt ${REBUILDS} times in vain.`, { cause: reason }));
      return;
    }
    rebuilds++;
    onRebuild(reason);
    await current.reader.close();
    current = watched(open);
  };
  const checking = every(checkEvery, ending.signal, check);

  return {
    async [Symbol.asyncDispose]() {
      ending.abort();
      await checking;
      await current.reader.close();
    },
  };
}

function watched(open: Supervision['open']) {
  const now = Date.now();
  const state = { openedAt: now, lastSign: now, ended: undefined as Error | undefined };
  const reader = open({
    onSignOfLife: () => {
      state.lastSign = Date.now();
    },
    onEnded: (error) => {
      state.ended = error;
    },
  });
  return Object.assign(state, { reader });
}
