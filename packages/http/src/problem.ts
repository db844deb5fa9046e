import { type FieldErrors, isOutage, Problem, type ProblemKind } from '@kith/contracts';
import type { FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

import { type BodyRule, MEBIBYTE_OF_JSON } from './body-rule.ts';

/** A problem before a dialect has put it into words. */
export type HttpProblem = {
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  /** The complaints, by the name of the field. */
  readonly errors?: FieldErrors;
  /** Seconds. */
  readonly retryAfter?: number;
};

export type ProblemAnswer = { readonly headers: Readonly<Record<string, string>>; readonly body: object };

export const NOTHING_HERE: HttpProblem = { status: 404, title: 'not-found', detail: 'There is nothing here.' };

const AWAY: HttpProblem = {
  status: 503,
  title: 'unavailable',
  detail: 'A part of the system is away. Try again soon.',
  retryAfter: 1,
};

/** The request that cannot be served, as far as the answer may depend on it. */
export type ProblemContext = Pick<FastifyRequest, 'id' | 'raw'>;

/** RFC 9457; `instance` is the request's id. */
export const problemJson = ({ status, title, detail, errors }: HttpProblem, { id }: ProblemContext): ProblemAnswer => ({
  headers: { 'content-type': 'application/problem+json' },
  body: { type: `urn:kith:problem:${title}`, title, status, detail, instance: id, errors },
});

const STATUS: Record<ProblemKind, number> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  invalid: 422,
  'rate-limited': 429,
  unavailable: 503,
};

/** The kind that a status of a service stands for. */
export const kindOf = (status: number): ProblemKind | undefined =>
  (Object.keys(STATUS) as ProblemKind[]).find((kind) => STATUS[kind] === status);

const TITLE: Record<number, string> = {
  400: 'malformed',
  405: 'method-not-allowed',
  413: 'too-large',
  415: 'unsupported-media-type',
};

/** Fastify's own words do not say what is allowed. */
const DETAIL: Record<number, (body: BodyRule) => string> = {
  413: ({ bytes }) => `The body must be at most ${bytes} bytes.`,
  415: ({ type }) => `The body must be ${type} in UTF-8, without a content coding.`,
};

/** Turns any error that a request can end in into what the caller may know of it. */
export function toHttpProblem(error: unknown, body = MEBIBYTE_OF_JSON): HttpProblem {
  if (error instanceof Problem) {
    const { kind, message, errors, retryAfter } = error;
    return {
      status: STATUS[kind],
      title: kind,
      detail: message,
      ...(errors && { errors }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }
  if (hasZodFastifySchemaValidationErrors(error)) return ofSchema(error.validation, error.validationContext);
  if (isClientError(error)) {
    const { statusCode, message } = error;
    return { status: statusCode, title: TITLE[statusCode] ?? 'invalid', detail: DETAIL[statusCode]?.(body) ?? message };
  }
  // The request is not at fault and may be sent again.
  if (isOutage(error)) return AWAY;
  return { status: 500, title: 'internal', detail: 'Something went wrong on our side.' };
}

type Issue = {
  readonly instancePath: string;
  readonly message?: string | undefined;
  /** Facts of zod's issue besides its message; for unknown members, their names. */
  readonly params?: { readonly keys?: readonly string[] };
};

/** These two keep an answer under 64 KiB, whatever a client calls its fields. */
const MOST_COMPLAINTS = 100;
const LONGEST_NAME = 80;

/** A path that does not parse names nothing that exists. Other parts are answered with all their complaints at once. */
function ofSchema(issues: readonly Issue[], context: string | undefined): HttpProblem {
  if (context === 'params') return NOTHING_HERE;
  // A client names the fields, and may call one `constructor`: an object would have it already.
  const errors = new Map<string, string[]>();
  let told = 0;
  let untold = 0;
  for (const issue of issues) {
    const { fields, message } = complaintOf(issue);
    const shown = fields.slice(0, MOST_COMPLAINTS - told);
    for (const field of shown) {
      const name = shortened(field);
      const messages = errors.get(name);
      if (messages) messages.push(message);
      else errors.set(name, [message]);
    }
    told += shown.length;
    untold += fields.length - shown.length;
  }
  const detail = 'The given data is invalid.';
  const more = untold === 0 ? '' : ` ${untold} more complaints are left out.`;
  return { status: 422, title: 'invalid', detail: detail + more, errors: Object.fromEntries(errors) };
}

/** A client's own name for a field may be as long as the body. */
const shortened = (name: string) =>
  name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/**
 * zod reports unknown members by their place, and lists their names in its message. Repeated for each name, that message would make an
 * answer of 38 MB from 17 KB of names, and none at all from a mebibyte of them.
 */
function complaintOf({ instancePath, message = 'Invalid.', params }: Issue): { fields: string[]; message: string } {
  const path = instancePath.split('/').filter(Boolean);
  if (params?.keys)
    return { fields: params.keys.map((key) => [...path, key].join('.')), message: 'Is not known here.' };
  return { fields: [path.join('.') || 'body'], message };
}

/** Fastify's own refusals: a body too large, an unknown media type, JSON that does not parse. `Error.isError` does not know them. */
const isClientError = (error: unknown): error is { statusCode: number; message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'statusCode' in error &&
  typeof error.statusCode === 'number' &&
  error.statusCode < 500;
