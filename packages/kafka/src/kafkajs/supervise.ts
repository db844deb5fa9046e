import { setTimeout as delay } from 'node:timers/promises';

import type { Reader } from './reader.ts';
import { every } from './wait.ts';

export type Supervision = {
  readonly open: (signs: { readonly onSignOfLife: () => void; readonly onEnded: (error: Error) => void }) => Reader;
  /** Whether Kafka answers another client: if not, silence is not the reader's fault. */
  readonly kafkaAnswers: () => Promise<boolean>;
  /** Whether a reader ended because Kafka refuses it. Then it is opened again for as long as that lasts. */
  readonly isRefusal: (reason: Error) => boolean;
  readonly onRefusal: (reason: Error) => void;
  readonly onRebuild: (reason: Error) => void;
  readonly onFatal: (error: Error) => void;
  /** Milliseconds that a reader may show no sign of life. */
  readonly patience?: number;
  readonly checkEvery?: number;
  /** The first pause after a refusal; each is twice as long as the one before, up to a limit. */
  readonly refusalPause?: number;
};

const REBUILDS = 3;
const LONGEST_PAUSE_MS = 30_000;

/** Keeps one reader open and replaces it when it has ended or got stuck; after three in vain the process must end. */
export function supervise(supervision: Supervision): AsyncDisposable {
  const { open, kafkaAnswers, isRefusal, onRefusal, onRebuild, onFatal } = supervision;
  const { patience = 30_000, checkEvery = 1_000, refusalPause = 1_000 } = supervision;
  const ending = new AbortController();
  let rebuilds = 0;
  let refusals = 0;
  let current = watched(open);

  const check = async () => {
    const now = Date.now();
    if (current.lastSign > current.openedAt) refusals = 0;
    if (rebuilds > 0 && !current.ended && current.lastSign - current.openedAt > patience) rebuilds = 0;

    const silent = now - current.lastSign > patience;
    const reason =
      current.ended ?? (silent && (await kafkaAnswers()) ? new Error(`no sign of life for ${patience} ms`) : undefined);
    if (!reason || ending.signal.aborted) return;

    if (isRefusal(reason)) {
      onRefusal(reason);
      await current.reader.close();
      const pause = Math.min(refusalPause * 2 ** refusals++, LONGEST_PAUSE_MS);
      await delay(pause, undefined, { signal: ending.signal }).catch(() => undefined);
      if (!ending.signal.aborted) current = watched(open);
      return;
    }

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
