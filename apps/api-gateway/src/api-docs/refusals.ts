import type { Call } from './call.ts';

type Refusal = {
  readonly status: number;
  readonly name: string;
  readonly description: string;
  readonly headers?: readonly string[];
  readonly when: (call: Call) => boolean;
};

const always = () => true;
/** A body may be sent to it, even where none is needed. */
const takesBody = ({ method }: Call) => method !== 'get';
const namesSomething = ({ operation, facts }: Call) =>
  facts.namesOthers === true || operation.parameters?.some((parameter) => parameter['in'] === 'path') === true;

/** Every refusal that the document describes, and the calls that can get it. */
export const REFUSALS: readonly Refusal[] = [
  {
    status: 400,
    name: 'Malformed',
    description: 'The body is no JSON, or the path or a header is malformed.',
    when: always,
  },
  {
    status: 401,
    name: 'Unauthenticated',
    description: 'The token is missing or not valid.',
    headers: ['WWW-Authenticate'],
    when: always,
  },
  {
    status: 403,
    name: 'Forbidden',
    description: 'The token lacks the scope, or the plan has no access to the API.',
    when: always,
  },
  { status: 404, name: 'NotFound', description: 'Does not exist, or not in this workspace.', when: namesSomething },
  {
    status: 409,
    name: 'Conflict',
    description: 'The `Idempotency-Key` was used for another request.',
    when: ({ facts }) => facts.creates !== undefined,
  },
  {
    status: 410,
    name: 'Gone',
    description: 'What was created under this `Idempotency-Key` has been erased.',
    when: ({ facts }) => facts.creates === 'erasable',
  },
  {
    status: 412,
    name: 'PreconditionFailed',
    description: 'It is no longer of the version that `If-Match` names.',
    when: ({ facts }) => facts.ifMatch === true,
  },
  { status: 408, name: 'Timeout', description: 'The request did not arrive within 30 seconds.', when: takesBody },
  { status: 413, name: 'TooLarge', description: 'The body is over 1 MiB.', when: takesBody },
  {
    status: 415,
    name: 'UnsupportedMediaType',
    description: 'The body is not application/json in UTF-8, sent as it is.',
    when: takesBody,
  },
  {
    status: 422,
    name: 'Invalid',
    description: 'Something in the request is not valid, or not known.',
    when: always,
  },
  {
    status: 429,
    name: 'TooManyRequests',
    description: 'The budget of the token is used up, or too many unknown tokens came from this address.',
    headers: ['Retry-After'],
    when: always,
  },
  {
    status: 431,
    name: 'HeadersTooLarge',
    description: 'The request line and the headers are over 16 KiB.',
    when: always,
  },
  { status: 500, name: 'Internal', description: 'Something went wrong on our side.', when: always },
  {
    status: 503,
    name: 'Unavailable',
    description: 'A part of the system is away.',
    headers: ['Retry-After'],
    when: always,
  },
];
