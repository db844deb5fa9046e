import { LONGEST_IF_MATCH } from '../access/forwarded-headers.ts';

type Schema = Readonly<Record<string, unknown>>;
type Response = { readonly headers?: Schema; readonly [member: string]: unknown };
type Operation = {
  readonly requestBody?: Schema;
  readonly parameters?: readonly Schema[];
  readonly responses: Readonly<Record<string, Response>>;
};
/** As much of OpenAPI 3.1 as is touched here. */
export type OpenApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly responses?: Schema };
};

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

const PROBLEM = {
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

type Call = { readonly path: string; readonly method: string; readonly operation: Operation };
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
const creates = ({ method }: Call) => method === 'post';
const names = ({ path }: Call) => path.includes('{') || path.endsWith('/tokens');
const isForTokens = ({ path }: Call) => !path.includes('/accounts');
const isOfContacts = ({ path }: Call) => path.includes('/contact');
const changes = (call: Call) => isOfContacts(call) && ['put', 'patch', 'delete'].includes(call.method);
const isChange = (call: Call) => isOfContacts(call) && call.operation.requestBody !== undefined && !creates(call);
const keepsAnswers = (call: Call) => isOfContacts(call) && creates(call);
/** What is answered is one contact or list, and is still there. */
const hasVersion = (call: Call) =>
  isOfContacts(call) && (call.method === 'get' ? call.path.endsWith('}') : call.method !== 'delete');

const REFUSALS: readonly Refusal[] = [
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
  { status: 404, name: 'NotFound', description: 'Does not exist, or not in this workspace.', when: names },
  { status: 409, name: 'Conflict', description: 'The `Idempotency-Key` was used for another request.', when: creates },
  {
    status: 410,
    name: 'Gone',
    description: 'What was created under this `Idempotency-Key` has been erased.',
    when: keepsAnswers,
  },
  {
    status: 412,
    name: 'PreconditionFailed',
    description: 'It is no longer of the version that `If-Match` names.',
    when: changes,
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

const BUDGET = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'RateLimit-Policy', 'RateLimit'];

const headersOf = (names: readonly string[]) =>
  Object.fromEntries(
    ['X-Request-Id', 'X-Kith-Dialect', ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

/** Nobody's token, nobody's budget. */
const BUDGETLESS = new Set([401, 408, 431]);

const RESPONSES = Object.fromEntries(
  REFUSALS.map(({ status, name, description, headers = [] }) => [
    name,
    {
      description,
      headers: headersOf([...(BUDGETLESS.has(status) ? [] : BUDGET), ...headers]),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]),
);

/** Adds what every operation has in common, so that a route says only what it is for. */
export function complete(document: OpenApiDocument): OpenApiDocument {
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, operations]) => [
      path,
      Object.fromEntries(
        Object.entries(operations).map(([method, operation]) => [method, completed({ path, method, operation })]),
      ),
    ]),
  );
  const schemas = { ...referred(document.components.schemas, paths), Problem: PROBLEM };
  return { ...document, paths, components: { ...document.components, schemas, responses: RESPONSES } };
}

function completed(call: Call): Operation {
  const { operation } = call;
  const given = Object.entries(operation.responses).map(([status, response]) => {
    const headers = [...(hasVersion(call) ? ['ETag'] : []), ...(creates(call) ? ['Idempotency-Replayed'] : [])];
    const budget = isForTokens(call) ? BUDGET : [];
    return [status, { ...response, description: 'OK', headers: headersOf([...budget, ...headers]) }];
  });
  const refused = REFUSALS.filter(({ when }) => when(call)).map(({ status, name }) => [
    status,
    { $ref: `#/components/responses/${name}` },
  ]);
  const parameters = [
    'X-Request-Id',
    ...(creates(call) ? ['Idempotency-Key'] : []),
    ...(changes(call) ? ['If-Match'] : []),
  ];
  return {
    ...operation,
    // WD-34: no body, no change.
    ...(isChange(call) && { requestBody: { ...operation.requestBody, required: false } }),
    parameters: [
      ...(operation.parameters ?? []),
      ...parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    responses: Object.fromEntries([...given, ...refused]),
  };
}

/** The generator writes each schema twice, as what is sent and as what is answered: what nothing refers to is left out. */
function referred(schemas: OpenApiDocument['components']['schemas'], paths: unknown) {
  const kept: Record<string, Schema> = {};
  const keep = (where: unknown) => {
    for (const [, name = ''] of JSON.stringify(where).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      const schema = schemas[name];
      if (!schema || kept[name]) continue;
      kept[name] = schema;
      keep(schema);
    }
  };
  keep(paths);
  return kept;
}
