import { isUtf8 } from 'node:buffer';

import { Problem } from '@kith/contracts';
import { errorCodes, type FastifyBodyParser, type FastifyInstance } from 'fastify';

import { excessOf } from './json-excess.ts';

/** A POST creates something, and of nothing. */
const EMPTY_BODIES = new Set(['PUT', 'PATCH', 'DELETE']);

/** JSON (RFC 8259) in UTF-8, sent as it is; where a method does not need a body, none. */
export function jsonBody(app: Pick<FastifyInstance, 'getDefaultJsonParser'>): FastifyBodyParser<Buffer> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    // WiseData's clients send the JSON content type on every call, one without a body too.
    if (body.length === 0 && EMPTY_BODIES.has(request.method)) return done(null, undefined);
    const { 'content-encoding': coding = '', 'content-type': type } = request.headers;
    if (!NO_CODING.test(coding) || !isUtf8Charset(type)) return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
    // Decoded all the same, it would not be what was written.
    if (!isUtf8(body)) return done(new Problem('malformed', 'The body is not UTF-8.'));
    const excess = excessOf(body);
    if (excess !== undefined) {
      return done(new Problem('invalid', 'The given data is invalid.', { errors: { body: [excess] } }));
    }
    const text = body.toString();
    return parse(request, text, (error, value) => done(error && explained(error, text), value));
  };
}

/** RFC 9110, 8.4.1: names of codings have no case. */
const NO_CODING = /^(identity)?$/i;

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/gi;

/** RFC 8259, 8.1: there is no other; who names one, a second one too, means something else. */
const isUtf8Charset = (type = '') => [...type.matchAll(CHARSET)].every(([, name = '']) => /^utf-?8$/i.test(name));

/** The parser says of a body that reaches for the prototype of objects that it is no JSON. */
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
