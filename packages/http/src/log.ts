import type { FastifyServerOptions } from 'fastify';

type LoggerOptions = Exclude<FastifyServerOptions['logger'], boolean | undefined>;

/** The log of every service: no secrets, and nothing of an error that quotes a value. */
export const logOptions = (options: LoggerOptions): LoggerOptions => ({
  ...options,
  redact: ['authorization', '*.authorization', '*.headers.authorization'],
  serializers: { err: describeError },
});

/**
 * An error without what a person wrote: the server quotes values in the message and detail of a database error, so there only its code and
 * the names of what it concerns are kept.
 */
export function describeError(error: unknown): Described {
  if (!Error.isError(error))
    return { type: typeof error, message: 'Something that is no error was thrown.', stack: '' };
  const { name, message, stack = '', cause } = error;
  const facts = ['code', 'kind', 'constraint', 'table', 'routine'].flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? [[key, value] as const] : [];
  });
  return {
    ...Object.fromEntries(facts),
    type: name,
    message: 'severity' in error ? 'The database refused.' : message,
    // Its first lines repeat the message.
    stack: stack
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}

type Described = { type: string; message: string; stack: string; [fact: string]: unknown };
