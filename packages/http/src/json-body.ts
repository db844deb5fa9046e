import { isUtf8 } from 'node:buffer';

import { Problem } from '@kith/contracts';
import { errorCodes, type FastifyBodyParser, type FastifyInstance } from 'fastify';

import { isSentPlain } from './body-rule.ts';
import { excessOf } from './json-excess.ts';

/** A POST needs a body to create something from. */
const EMPTY_BODIES = new Set(['PUT', 'PATCH', 'DELETE']);

/** Parses JSON (RFC 8259) in UTF-8, sent as it is. A method that needs no body may come without one. */
export function jsonBody(
  app: Pick<FastifyInstance, 'getDefaultJsonParser'>,
  mostParts?: number,
): FastifyBodyParser<Buffer> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    // WiseData's clients send the JSON content type on every call, with or without a body.
    if (body.length === 0 && EMPTY_BODIES.has(request.method)) return done(null, undefined);
    if (!isSentPlain(request.headers)) return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
    // Decoding it anyway would change what was written.
    if (!isUtf8(body)) return done(new Problem('malformed', 'The body is not UTF-8.'));
    const excess = excessOf(body, mostParts);
    if (excess !== undefined) {
      return done(new Problem('invalid', 'The given data is invalid.', { errors: { body: [excess] } }));
    }
    const text = body.toString();
    return parse(request, text, (error, value) => done(error && explained(error, text), value));
  };
}

/** The parser calls a body that reaches for the prototype of objects broken JSON. */
function explained(error: Error, text: string): Error {
  try {
    JSON.parse(text);
  } catch {
    return error;
  }
  return text === ''
    ? error
    : new Problem('malformed', 'No member may be called __proto__, nor constructor.prototype.');
}
