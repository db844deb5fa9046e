import { z } from 'zod';

import type { HttpApp } from '../app.ts';
import type { JsonSchema } from './unbounded.ts';

/** One part of what a route takes. */
export type RequestPart = {
  /** Such as `POST /contacts body`. */
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly part: 'body' | 'querystring' | 'params' | 'headers';
  readonly schema: JsonSchema;
};

const PARTS = ['body', 'querystring', 'params', 'headers'] as const;

/** What the routes take that an app's plugins add. The app must not be ready yet: it gets ready here. */
export async function requestParts(app: Pick<HttpApp, 'addHook' | 'ready'>): Promise<RequestPart[]> {
  const parts: RequestPart[] = [];
  app.addHook('onRoute', ({ method: methods, url, schema = {} }) => {
    const given = PARTS.flatMap((part) => {
      const asked = schema[part];
      return asked instanceof z.ZodType ? [{ part, schema: toJson(asked, part) }] : [];
    });
    for (const method of [methods].flat()) {
      if (method !== 'HEAD')
        parts.push(...given.map((one) => ({ name: `${method} ${url} ${one.part}`, method, url, ...one })));
    }
  });
  await app.ready();
  return parts;
}

/** Leaves out the headers that are not known: Node bounds them. */
function toJson(asked: z.ZodType, part: RequestPart['part']): JsonSchema {
  const schema = z.toJSONSchema(asked, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return part === 'headers' ? { ...schema, additionalProperties: false } : schema;
}
