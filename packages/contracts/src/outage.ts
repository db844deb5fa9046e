import { Problem } from './problem.ts';

const CODES = new RegExp(
  `^(${[
    // Node and undici: the network, a name, a server that does not answer.
    'ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN',
    'UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|BODY_TIMEOUT|SOCKET)',
    // PostgreSQL: lost connection, nobody let in, no such database (yet), no resources, shutdown, its own input and output.
    '08...|28...|3D000|53...|57P0.|58...',
    // A primary that became a replica, and a statement that took too long.
    '25006|57014',
  ].join('|')})$`,
);

/** pg's own, which have no code. */
const WORDS =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client (was closed|has encountered a connection error) and is not queryable)/;

/** The peer cannot work now, or a proxy says so for it. 500 is a fault in what it was asked. */
const AWAY = new Set([502, 503, 504]);

/**
 * Whether an error tells of an outage, rather than of a fault in what was asked. An outage is waited out; a message at fault is
 * parked.
 */
export function isOutage(error: unknown): boolean {
  if (!Error.isError(error)) return false;
  if (error instanceof Problem) return error.kind === 'unavailable' && !isFault(error.cause);
  return (
    CODES.test(codeOf(error)) || WORDS.test(error.message) || error.name === 'TimeoutError' || isOutage(error.cause)
  );
}

/** An outage that the size of the work may have caused: a part of it may get through. */
export const isTimeout = (error: unknown): boolean =>
  Error.isError(error) && (codeOf(error) === '57014' || error.message === 'Query read timeout');

const isFault = (cause: unknown) =>
  Error.isError(cause) && 'statusCode' in cause && typeof cause.statusCode === 'number' && !AWAY.has(cause.statusCode);

const codeOf = (error: Error) => ('code' in error ? String(error.code) : '');
