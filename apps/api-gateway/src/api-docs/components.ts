import { LONGEST_IF_MATCH } from '../access/forwarded-headers.ts';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' }, example }) as const;

export const headers = {
  'X-Request-Id': text(
    'Of this request: the one sent, or a new one. In logs and events it is the same if it is a UUID of version 4 or 7.',
    '019a9d3e-7f1a-7c52-9e0b-6d1d7c1f2a3b',
  ),
  'X-Kith-Dialect': text('Which API answered.', 'native'),
  ETag: text('The version of what was written or read, for `If-Match`.', '"v1"'),
  'Idempotency-Replayed': text('`true` where this answer was given before, under the same key.', 'true'),
  'X-RateLimit-Limit': text('How many calls the budget that is nearest its end allows in its window.', '60'),
  'X-RateLimit-Remaining': text('How many of them are left.', '59'),
  'RateLimit-Policy': text(
    'The budgets of this call, of its token and of the workspace: their quota, and their window in seconds.',
    '"reads";q=60;w=60, "workspace-reads";q=300;w=60',
  ),
  RateLimit: text(
    'Of each: how many calls are left, and the seconds until there is one more.',
    '"reads";r=59;t=12, "workspace-reads";r=299;t=12',
  ),
  'Retry-After': text('Seconds after which to try again.', '1'),
  'WWW-Authenticate': text('How to authenticate.', 'Bearer'),
};

export const parameters = {
  'X-Request-Id': {
    ...text(
      'Comes back with the answer. In logs and events a UUID of version 4 or 7 stands as it is, anything else as a UUID that is made of it.',
      '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
    ),
    in: 'header',
    name: 'X-Request-Id',
  },
  'Idempotency-Key': {
    description: 'The same key and body have one effect and one answer, for 24 hours.',
    in: 'header',
    name: 'Idempotency-Key',
    schema: { type: 'string' as const, minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    example: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
  },
  'If-Match': {
    description: 'Only these versions are written over; if the current one is not among them, 412. `*` is any.',
    in: 'header',
    name: 'If-Match',
    schema: {
      type: 'string' as const,
      maxLength: LONGEST_IF_MATCH,
      pattern: '^(\\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$',
    },
    example: '"v1"',
  },
};

export const PROBLEM = {
  type: 'object',
  description: 'RFC 9457 problem details, with `message` and `errors` as WiseData has them.',
  required: ['message', 'type', 'title', 'status', 'detail', 'instance'],
  properties: {
    message: { type: 'string' },
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'The request id.' },
    errors: {
      type: 'object',
      description: 'What is wrong with each field, by its name.',
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
  },
  example: {
    message: 'The given data is invalid.',
    type: 'urn:kith:problem:invalid',
    title: 'invalid',
    status: 422,
    detail: 'The given data is invalid.',
    instance: '019a9d3e-7f1a-7c52-9e0b-6d1d7c1f2a3b',
    errors: { name: ['Must be 2 to 100 characters.'] },
  },
};
