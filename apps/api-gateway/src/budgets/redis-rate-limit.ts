import { randomUUID } from 'node:crypto';

import type { FastifyBaseLogger } from 'fastify';
import { Counter } from 'prom-client';
import { createClient } from 'redis';

import { isLimited, type RateLimit, taken, UNCOUNTED } from './rate-limit.ts';
import { slidingLog } from './sliding-log.ts';

const CONNECT_MS = 1_000;
const ANSWER_MS = 1_000;
const PAUSE_MS = 1_000;

const unavailableTotal = new Counter({
  name: 'kith_rate_limit_unavailable_total',
  help: 'Requests let through uncounted, as Redis did not answer.',
});

type Options = {
  readonly url: string;
  /** Asked for late: the app whose log it is may be built of this. */
  readonly log: () => Pick<FastifyBaseLogger, 'warn' | 'info'>;
};

/**
 * A sliding log in Redis, for gateways side by side. Without Redis requests pass: an API that is open for a while is better than one
 * that is shut.
 */
export function redisRateLimit({ url, log }: Options): RateLimit {
  const client = createClient({
    url,
    scripts: { slidingLog },
    // A command that cannot be sent now fails now; those sent and not answered are left behind by `answerOf`.
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (tries) => Math.min(2 ** tries * 20, PAUSE_MS) },
  });
  const outage = newOutage(log);
  client.on('error', outage.begin);
  client.on('ready', outage.end);
  // It goes on trying, and says why it fails by `error`.
  client.connect().catch(outage.begin);

  return {
    async take(workspaceId, windows) {
      const limited = windows.filter(isLimited);
      if (limited.length === 0) return UNCOUNTED;
      if (outage.pauses()) return pass();
      try {
        const { allowed, now, logs } = await answerOf(client.slidingLog(randomUUID(), workspaceId, limited));
        outage.end();
        return taken(allowed, limited, logs, now);
      } catch (error) {
        outage.begin(error);
        return pass();
      }
    },
    async [Symbol.asyncDispose]() {
      if (client.isOpen) client.destroy();
    },
  };
}

function pass() {
  unavailableTotal.inc();
  return UNCOUNTED;
}

/** Said once when it begins and once when it ends. Who has just not answered is not waited for by every request. */
function newOutage(log: Options['log']) {
  let away = false;
  let askAgainAt = 0;
  const postpone = () => {
    askAgainAt = performance.now() + PAUSE_MS;
  };
  return {
    begin(err: unknown) {
      postpone();
      if (!away) log().warn({ err }, 'Redis is away: requests pass uncounted');
      away = true;
    },
    end() {
      if (away) log().info('Redis is back: requests are counted again');
      away = false;
    },
    pauses() {
      if (away && performance.now() < askAgainAt) return true;
      postpone();
      return false;
    },
  };
}

/** The library has no time-out for a command that is sent: a Redis that hangs would hold the request. */
async function answerOf<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Redis has not answered within ${ANSWER_MS} ms.`)), ANSWER_MS);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
