import { createRequire } from 'node:module';

import { expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import './request-queue.ts';

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
  prototype: { scheduleCheckPendingRequests(): void };
};

function queue(pending: unknown[], throttledUntil: number) {
  const state = { pending, throttledUntil, throttleCheckTimeoutId: null, checked: 0 };
  return Object.assign(Object.create(prototype) as typeof prototype, state, {
    checkPendingRequests(this: typeof state) {
      this.checked++;
    },
  });
}

test('a connection on which no request waits arms no timer', () => {
  const idle = queue([], -1);
  idle.scheduleCheckPendingRequests();
  expect(idle.throttleCheckTimeoutId).toBeNull();
});

test.each([
  ['that ends in a moment', () => Date.now() + 5],
  ['that ends this millisecond', () => Date.now()],
])('a request that waits for the end of a throttling %s is looked at then', async (_, until) => {
  const throttled = queue(['a request'], until());
  throttled.scheduleCheckPendingRequests();
  await eventually(() => expect(throttled.checked).toBe(1));
  expect(throttled.throttleCheckTimeoutId).toBeNull();
});
