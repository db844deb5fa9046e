import { createRequire } from 'node:module';

type RequestQueue = {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  readonly pending: readonly unknown[];
  checkPendingRequests(): void;
};

const require = createRequire(import.meta.url);
const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as {
  prototype: RequestQueue & { scheduleCheckPendingRequests(): void };
};

const MARGIN_MS = 10;

/**
 * The one change to kafkajs 2.2.4 (its issues 1704 and 1751). Its own method arms a timer whether or not a request is
 * waiting, with the delay `-1 - Date.now()`: about a thousand a second on every connection, and on Node 24 a
 * TimeoutNegativeWarning. A timer is wanted only for requests that wait for the end of a throttling; those that wait
 * for a free place on the connection are looked at whenever an answer comes.
 */
prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const throttled = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    // Never 0: a throttling that ends this millisecond has not ended for a clock read a moment ago (pull request 1532).
    throttled > 0 ? throttled : MARGIN_MS,
  );
};
