export { requestParts, type RequestPart } from './request-parts.ts';
export { type JsonSchema, unboundedIn } from './unbounded.ts';
