import type { FastifyInstance } from 'fastify';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The methods that a path would be answered for (RFC 9110, 15.5.6: a 405 names them). */
export function allowedMethods(
  app: Pick<FastifyInstance, 'findRoute'>,
  url: string,
  constraints: Record<string, string> = {},
): string[] {
  const [path = url] = url.split('?');
  return METHODS.filter((method) => app.findRoute({ method, url: path, constraints }) !== null);
}
