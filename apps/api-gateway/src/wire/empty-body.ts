import type { preValidationAsyncHookHandler } from 'fastify';

/** WD-34: a change without a body changes nothing, as one with an empty object. */
export const emptyBodyIsNoChange: preValidationAsyncHookHandler = async (request) => {
  request.body ??= {};
};
