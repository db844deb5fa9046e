import type { FastifyContextConfig } from 'fastify';

export type Schema = Readonly<Record<string, unknown>>;
type Response = { readonly headers?: Schema; readonly [member: string]: unknown };
export type Operation = {
  readonly operationId?: string;
  readonly requestBody?: Schema;
  readonly parameters?: readonly Schema[];
  readonly responses: Readonly<Record<string, Response>>;
};
/** The part of OpenAPI 3.1 that is touched here. */
export type OpenApiDocument = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly responses?: Schema };
};

/** An operation of the document, with the facts of its route. */
export type Call = {
  readonly method: string;
  readonly operation: Operation;
  readonly facts: FastifyContextConfig;
};

declare module 'fastify' {
  /** Facts of a route that no schema tells. The document tells those of the native API; `routes.test.ts` holds every route to its own. */
  interface FastifyContextConfig {
    /** It creates a resource, once for each `Idempotency-Key`. If the resource is erased, its key answers 410. */
    creates?: 'erasable' | 'lasting';
    /** `If-Match` names the versions that it may write over. */
    ifMatch?: true;
    /** Its answer has the version of the resource as its ETag. */
    etag?: true;
    /** A request without a body changes nothing (WD-34). */
    emptyBody?: true;
    /** Its query or body may name something that does not exist, or not in this workspace. */
    namesOthers?: true;
  }
}
