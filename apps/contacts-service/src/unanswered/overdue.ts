import { Gauge } from 'prom-client';

/** The counts of overdue answers. */
type Overdue = {
  readonly erasures: () => Promise<{ readonly count: number; readonly oldestSeconds: number }>;
  readonly values: () => Promise<number>;
};

/** The counts that this process reports. */
export const watched = new Set<Overdue>();

const gauge = (name: string, help: string, valueOf: (overdue: Overdue) => Promise<number>) =>
  new Gauge({
    name,
    help: `${help} Absent while the database is away.`,
    async collect() {
      this.remove();
      for (const overdue of watched) {
        // A throw here would take all other metrics along.
        const value = await valueOf(overdue).catch(() => undefined);
        if (value !== undefined) this.set(value);
      }
    },
  });

gauge(
  'kith_erasures_unconfirmed',
  'Erasures that have not been confirmed for longer than OVERDUE_AFTER.',
  async ({ erasures }) => (await erasures()).count,
);
gauge(
  'kith_erasures_unconfirmed_oldest_seconds',
  'Age of the oldest of them; 0 where there is none.',
  async ({ erasures }) => (await erasures()).oldestSeconds,
);
gauge(
  'kith_contacts_pending_overdue',
  'Values of contacts that have been pending for longer than OVERDUE_AFTER.',
  ({ values }) => values(),
);
