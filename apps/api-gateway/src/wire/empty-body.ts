import type { preValidationAsyncHookHandler } from 'fastify';

/** WD-34: a change without a body changes nothing, as one with an empty object. */
export const emptyBodyIsNoChange: preValidationAsyncHookHandler = async (request) => {
  // JSON's null is a body, and no object.
  if (request.body === undefined) request.body = {};
};
