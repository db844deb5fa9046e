import { Readable } from 'node:stream';

import type { FastifyInstance } from 'fastify';
import { errorCodes } from 'fastify';

import { type BodyRule, isSentPlain, MEBIBYTE_OF_JSON } from './body-rule.ts';
import { jsonBody } from './json-body.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set by `acceptJson` and `acceptStream`; the app's own rule without them. */
    readonly body?: BodyRule;
    /** Milliseconds from the head of a request to its last byte, in place of the app's `requestMs`. */
    readonly requestMs?: number;
  }
}

type Plugin = Pick<
  FastifyInstance,
  'addHook' | 'addContentTypeParser' | 'removeAllContentTypeParsers' | 'getDefaultJsonParser'
>;

export type BodyLimits = {
  readonly bytes: number;
  /** See `FastifyContextConfig`. */
  readonly requestMs?: number;
};

export type JsonLimits = BodyLimits & {
  /** Members, arrays and objects, in place of the 10,000 of `json-excess.ts`. */
  readonly parts?: number;
};

/** The routes of the plugin take JSON within these limits, in place of the app's. Call it before they are declared. */
export function acceptJson(plugin: Plugin, { bytes, parts, ...rest }: JsonLimits): void {
  plugin.removeAllContentTypeParsers();
  const { type } = MEBIBYTE_OF_JSON;
  plugin.addContentTypeParser<Buffer>(type, { parseAs: 'buffer', bodyLimit: bytes }, jsonBody(plugin, parts));
  configure(plugin, { ...rest, body: { type, bytes } });
}

/**
 * The routes of the plugin take this type and nothing else, and `request.body` is a `Readable` of its bytes. It fails with 413 at the first
 * byte over the limit. Call it before they are declared.
 */
export function acceptStream(plugin: Plugin, type: string, { bytes, ...rest }: BodyLimits): void {
  plugin.removeAllContentTypeParsers();
  plugin.addContentTypeParser(type, (request, payload: Readable, done) => {
    if (!isSentPlain(request.headers)) return done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
    if (Number(request.headers['content-length']) > bytes) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    done(null, limited(payload, bytes));
  });
  configure(plugin, { ...rest, body: { type, bytes } });
}

const configure = (plugin: Plugin, rule: { readonly body: BodyRule; readonly requestMs?: number }) =>
  plugin.addHook('onRoute', (route) => {
    route.config = { ...rule, ...route.config };
  });

/** The connection outlives a failure, its own or the reader's: the refusal is still to be sent on it. */
function limited(payload: Readable, bytes: number): Readable {
  return Readable.from(chunks(), { objectMode: false });
  async function* chunks() {
    let left = bytes;
    for await (const chunk of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      left -= chunk.length;
      if (left < 0) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
      yield chunk;
    }
  }
}
