import { z } from 'zod';

import type { HttpApp } from '../app.ts';
import type { JsonSchema } from './unbounded.ts';

/** One part of a route's input. */
export type RequestPart = {
  /** Such as `POST /contacts body`. */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly part: 'body' | 'querystring' | 'params' | 'headers';
  readonly schema: JsonSchema;
};

const PARTS = ['body', 'querystring', 'params', 'headers'] as const;

/** Collects the inputs of all routes that plugins add. The app must not be ready yet: this makes it ready. */
export async function requestParts(app: Pick<HttpApp, 'addHook' | 'ready'>): Promise<RequestPart[]> {
  const parts: RequestPart[] = [];
  app.addHook('onRoute', ({ method: methods, url, schema = {} }) => {
    const given = PARTS.flatMap((part) => {
      const declared = schema[part];
      return declared instanceof z.ZodType ? [{ part, schema: toJson(declared, part) }] : [];
    });
    for (const method of [methods].flat()) {
      if (method !== 'HEAD')
        parts.push(...given.map((one) => ({ name: `${method} ${url} ${one.part}`, method, url, ...one })));
    }
  });
  await app.ready();
  return parts;
}

/** Leaves out unknown headers: Node bounds them. */
function toJson(declared: z.ZodType, part: RequestPart['part']): JsonSchema {
  const schema = z.toJSONSchema(declared, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return part === 'headers' ? { ...schema, additionalProperties: false } : schema;
}
