import type { Pool, PoolClient } from 'pg';

import { readOn } from './feed.ts';
import { holdLease, type Lease, LEASE_MS, takeLease } from './lease.ts';
import { refuseUnrepaired } from './restore.ts';
import type { Keyring } from './sealing.ts';
import { type Publication, publisher } from './publisher.ts';
import { againTeller } from './tell-again.ts';
import type { Unpublishable } from './unpublishable.ts';
import { followed } from './unpublished.ts';

const POLL_MS = 20;
const STAND_BY_MS = 1_000;
const RETRY_MS = 500;

export type Relay = AsyncDisposable & {
  /** There is something new: read on now rather than at the next poll. */
  readonly wake: () => void;
};

type Options<Message> = {
  /** The checkpoint's name. One of several processes with this name reads. */
  readonly name: string;
  /** At least once, and in order: after a failure or a crash the same events come again. */
  readonly publication: Publication<Message>;
  readonly onUnpublishable: (event: Unpublishable) => void;
  readonly onError: (error: unknown) => void;
  readonly keyring?: Keyring;
  /** For how long a leader may give no sign of life. */
  readonly leaseMs?: number;
};

/** Follows the feed for as long as it leads, and stands by while another process does. Throws where the events were restored without their clock. */
export async function startRelay<Message>(pool: Pool, options: Options<Message>): Promise<Relay> {
  const { name, onError, keyring, leaseMs = LEASE_MS } = options;
  const publish = publisher(pool, options);
  const tellWhatIsAskedAgain = againTeller(pool, name, { tell: publish, keyring });
  await refuseUnrepaired(pool);
  const stopping = new AbortController();
  const alarm = alarmClock();
  followed.set(name, pool);

  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const client = await pool.connect();
        try {
          const lease = await takeLease(client, name, leaseMs);
          if (lease) await lead(client, lease);
          else await alarm.wait(STAND_BY_MS);
        } finally {
          // Closing the session gives its locks up, whatever state it is in.
          client.release(true);
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        onError(error);
        await alarm.wait(RETRY_MS);
      }
    }
  })();

  async function lead(client: PoolClient, lease: Lease) {
    using held = holdLease(client, lease, leaseMs);
    while (!stopping.signal.aborted) {
      if (held.lost) throw held.lost;
      const published = await readOn(pool, lease, { take: publish, keyring });
      await tellWhatIsAskedAgain();
      if (published === 0) await alarm.wait(POLL_MS);
    }
  }

  return {
    wake: alarm.ring,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      alarm.ring();
      followed.delete(name);
      await running;
    },
  };
}

/** Waits that can be cut short. */
function alarmClock() {
  let rung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    async wait(ms: number) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
