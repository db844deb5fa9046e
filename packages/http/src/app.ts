import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';

import { INTERNAL_KEY_HEADER, Problem } from '@kith/contracts';
import Fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';

import { MEBIBYTE_OF_JSON } from './body-rule.ts';
import { passOnExpectations, READ_BY_US, refuseHeaders, safeHeaders } from './headers.ts';
import { jsonBody } from './json-body.ts';
import { limitConnections, LIMITS, type Limits, serverOptions } from './limits.ts';
import { logOptions } from './log.ts';
import { allowedMethods } from './methods.ts';
import { measure } from './metrics.ts';
import {
  type ProblemContext,
  type HttpProblem,
  NOTHING_HERE,
  type ProblemAnswer,
  problemJson,
  toHttpProblem,
} from './problem.ts';
import { requestIds } from './request-ids.ts';
import { requestTimes } from './request-time.ts';
import { secretAmong } from './secret.ts';
import { answerLate, answerUnread, dropUnread, isTimeout, refuseTunnels } from './unread.ts';

export type HttpAppOptions = {
  readonly logger: FastifyServerOptions['logger'];
  /** Resolves when the service can answer. A rejection is logged. */
  readonly ready: () => Promise<unknown>;
  /** With them, every route but the probes asks for one of them. */
  readonly internalKeys?: readonly string[];
  /** With it, clients may name their requests as they like; without it only as we do. */
  readonly requestIdKey?: string | undefined;
  readonly bodyLimit?: number;
  /** Replaces single `LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** With them, the app speaks TLS. */
  readonly tls?: TlsFiles | undefined;
  /** Puts a problem into words; by default into those of RFC 9457. */
  readonly problemAnswer?: (problem: HttpProblem, context: ProblemContext) => ProblemAnswer;
  /** Derives the constraints of a request, where routes have any, so that a 405 names its methods. */
  readonly constraintsOf?: (request: FastifyRequest) => Record<string, string>;
};

/** A certificate with its chain, and its key, in PEM. */
export type TlsFiles = { readonly cert: string; readonly key: string };

export type HttpApp = ReturnType<typeof httpApp>;

/** Fastify as every service of Kith speaks it: zod schemas, problem+json (RFC 9457), probes, metrics, request ids. */
export function httpApp(options: HttpAppOptions) {
  const {
    logger,
    ready,
    internalKeys,
    requestIdKey,
    bodyLimit = MEBIBYTE_OF_JSON.bytes,
    tls,
    problemAnswer = problemJson,
    constraintsOf,
  } = options;
  const ids = requestIds(requestIdKey);
  const times = requestTimes();
  const json = { ...MEBIBYTE_OF_JSON, bytes: bodyLimit };
  const limits = { ...LIMITS, ...options.limits };
  const nodeOptions = { ...READ_BY_US, ...serverOptions(limits) };
  const safe = safeHeaders(tls !== undefined);
  // The headers are repeated here: no hook has run for a path that could not be read.
  const say = (problem: HttpProblem, context: ProblemContext): ProblemAnswer => {
    const { headers, body } = problemAnswer(problem, context);
    return { headers: { ...safe, ...headers, 'x-request-id': context.id }, body };
  };
  const answer = (request: FastifyRequest, reply: FastifyReply, problem: HttpProblem): FastifyReply => {
    const { headers, body } = say(problem, { id: ids.theirs(request), raw: request.raw });
    if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
    return reply.code(problem.status).headers(headers).serializer(JSON.stringify).send(body);
  };
  const app = Fastify({
    logger: typeof logger === 'object' ? logOptions(logger) : (logger ?? false),
    // Our own line, below, logs the route's pattern.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    ...(tls ? { https: { ...tls, ...nodeOptions } } : { http: nodeOptions }),
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.silenceMs,
    requestIdHeader: false,
    genReqId: ids.ours,
    // A request that arrives while the app closes is answered all the same, and its connection ended after that.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      // The path cannot be read, or is longer than any of ours.
      answer(request, reply, NO_PATHS.has(error.code) ? NOTHING_HERE : toHttpProblem(error, json));
    },
    clientErrorHandler(error, socket) {
      if (isTimeout(error) && times.isOwn(socket)) return;
      answerUnread(error, socket, say);
    },
  }).withTypeProvider<ZodTypeProvider>();

  passOnExpectations(app.server);
  refuseTunnels(app.server, say);
  const cutLater = limitConnections(app.server, limits);

  app.setValidatorCompiler(validatorCompiler);
  // JSON.stringify beats the compiled serializers on Node 24, and zod's by far: schemas of answers are for the documents.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));

  // JSON and nothing else, as Fastify would take text/plain too. A plugin may take another body (`accept-body.ts`).
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(json.type, { parseAs: 'buffer' }, jsonBody(app));

  app.setErrorHandler(async (error, request, reply) => {
    const problem = toHttpProblem(error, request.routeOptions.config.body ?? json);
    if (problem.status === TOO_LARGE) await discardBody(request, limits.discardMs);
    if (problem.status === UNSUPPORTED) reply.header('accept-encoding', 'identity');
    if (problem.status >= 500) request.log.error({ err: error }, 'the request failed');
    return answer(request, reply, problem);
  });

  app.setNotFoundHandler((request, reply) => {
    const allowed = allowedMethods(app, request.url, constraintsOf?.(request));
    if (allowed.length === 0) return answer(request, reply, NOTHING_HERE);
    reply.header('allow', allowed.join(', '));
    return answer(request, reply, {
      status: 405,
      title: 'method-not-allowed',
      detail: `Allowed here: ${allowed.join(', ')}.`,
    });
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(safe).header('x-request-id', ids.theirs(request));
    times.begin(request, reply, () => answerLate(request.raw, reply.raw, say));
    refuseHeaders(request.raw);
  });
  app.addHook('preValidation', async ({ url }) => refuseUnreadableQuery(url));
  if (internalKeys) {
    const isInternalKey = secretAmong(internalKeys);
    app.addHook('onRequest', async ({ headers, routeOptions }) => {
      if (PROBES.has(routeOptions.url ?? '')) return;
      const sent = headers[INTERNAL_KEY_HEADER];
      if (typeof sent !== 'string' || !isInternalKey(sent)) {
        throw new Problem('unauthenticated', 'This service answers the gateway only.');
      }
    });
  }
  // The route's pattern, not the URL: its ids and its query may be personal data.
  app.addHook('onResponse', async ({ log, method, routeOptions }, reply) => {
    if (PROBES.has(routeOptions.url ?? '')) return;
    log.info(
      { method, route: routeOptions.url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
  app.addHook('onResponse', async ({ raw }) => dropUnread(raw, limits.discardMs));
  measure(app);

  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    if (app.server.listening) cutLater();
    if (await hasConnections(app)) await setTimeout(DRAIN_MS);
  });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    if (closing) throw new Problem('unavailable', 'The service is stopping.');
    await ready().catch((cause: unknown) => {
      throw new Problem('unavailable', 'The service is not ready.', { cause });
    });
    return { status: 'ok' };
  });
  return app;
}

/** They answer anybody, for those who run the installation. */
export const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

const NO_PATHS = new Set(['FST_ERR_BAD_URL', 'FST_ERR_MAX_PARAM_LENGTH']);

/** A query that is not UTF-8 would be read as something that was not written. */
function refuseUnreadableQuery(url: string): void {
  const at = url.indexOf('?');
  if (at < 0 || !url.includes('%', at)) return;
  try {
    decodeURIComponent(url.slice(at));
  } catch {
    throw new Problem('malformed', 'The query is not percent-encoded UTF-8.');
  }
}

const UNSUPPORTED = 415;
const TOO_LARGE = 413;

/** A client that is still sending gets EPIPE instead of our 413, so the rest of an oversized body is read and thrown away. */
async function discardBody({ raw }: FastifyRequest, withinMs: number): Promise<void> {
  if (raw.readableEnded || raw.destroyed) return;
  raw.resume();
  await finished(raw, { signal: AbortSignal.timeout(withinMs) }).catch(() => {
    // It took too long, or went away.
  });
}

// Closing ends idle connections, one whose next request is on its way among them. Until then every answer tells its client that the
// connection ends (Fastify does, from the first moment of closing), so that a client under load has let go of them all.
const DRAIN_MS = 250;

const hasConnections = ({ server }: FastifyInstance): Promise<boolean> =>
  new Promise((resolve) => {
    if (server.listening) server.getConnections((_, count) => resolve(count > 0));
    else resolve(false);
  });
