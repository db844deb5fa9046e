import { createRequire } from 'node:module';

import { type Admin, Kafka, logLevel } from 'kafkajs';

type RequestQueue = {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests: (this: RequestQueue) => void;
};

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };

// kafkajs 2.2.4 arms a timer with a negative delay even for an empty queue, and Node 24 prints a warning for each.
// `@kith/kafka` explains it. Its tests depend on this package, so we cannot import it.
const schedule = prototype.scheduleCheckPendingRequests;
prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.pending.length > 0) schedule.call(this);
};

/** Runs `use` with an administrator's connection, and closes the connection. */
export async function withAdmin<Result>(
  brokers: readonly string[],
  { retries }: { readonly retries: number },
  use: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const kafka = new Kafka({
    clientId: 'kith-stack',
    brokers: [...brokers],
    connectionTimeout: 2000,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 500 },
    // Every failure is thrown as well.
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
