import { createHmac, createSecretKey, randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

type Named = Pick<IncomingMessage, 'headers'>;

/** A request has two ids: one in its answer, and one in logs, stored events and Kafka headers, which says nothing about anyone. */
export type RequestIds = {
  /** Ours, a UUID. */
  readonly ours: (request: Named) => string;
  /** The client's, as it was sent; ours where there is none that can be repeated. */
  readonly theirs: (request: { readonly id: string; readonly raw: Named }) => string;
};

const uuid = (versions: string) =>
  new RegExp(`^[\\da-f]{8}-[\\da-f]{4}-[${versions}][\\da-f]{3}-[89ab][\\da-f]{3}-[\\da-f]{12}$`);
/** RFC 9562, 5.4 and 5.7: drawn at random, not derived from a name as versions 3 and 5 are. */
const DRAWN = uuid('47');
const OURS = uuid('478');
const REPEATABLE = /^[\w.:-]{1,128}$/;

/**
 * With a key, clients may call a request whatever they like, even `ada@example.com`. A random UUID is used as it is. Anything else becomes a
 * UUID by HMAC: the holder of the key can find it by the client's name for it, and nobody can guess it. Without a key, as in the services
 * behind the gateway, only our own ids are accepted.
 */
export function requestIds(key: string | undefined): RequestIds {
  if (key === undefined) {
    return {
      ours: (request) => sentBy(request, OURS) ?? randomUUIDv7(),
      theirs: ({ id }) => id,
    };
  }
  const secret = createSecretKey(Buffer.from(key));
  return {
    ours(request) {
      const sent = sentBy(request, REPEATABLE);
      if (sent === undefined) return randomUUIDv7();
      const drawn = sent.toLowerCase();
      return DRAWN.test(drawn) ? drawn : madeOf(sent);
    },
    theirs: ({ id, raw }) => sentBy(raw, REPEATABLE) ?? id,
  };

  /** RFC 9562, 5.8. Its first twelve digits are those of the HMAC (docs/operations.md, "A client's request"). */
  function madeOf(sent: string): string {
    const hex = createHmac('sha256', secret).update(`X-Request-Id: ${sent}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

function sentBy({ headers }: Named, form: RegExp): string | undefined {
  const sent = headers['x-request-id'];
  return typeof sent === 'string' && form.test(sent) ? sent : undefined;
}
