export { type HttpApp, type HttpAppOptions, httpApp, PROBES, type TlsFiles } from './app.ts';
export { acceptJson, acceptStream, type BodyLimits, type JsonLimits } from './accept-body.ts';
export {
  type ServiceAnswer,
  type ServiceClient,
  type ServiceClientOptions,
  type ServiceRequest,
  type StreamOptions,
  serviceClient,
} from './client.ts';
export { callerEnvironment, httpEnvironment, readEnvironment, toHttpConfig, toInternalCa } from './environment.ts';
export { describeError } from './log.ts';
export { serveMetrics } from './metrics.ts';
export { idempotencyKeyOf, onBehalfOf, sendOnce } from './on-behalf.ts';
export { type ProblemContext, type HttpProblem, type ProblemAnswer, problemJson, toHttpProblem } from './problem.ts';
export { secretAmong } from './secret.ts';
export { type Turns, turns } from './turns.ts';
