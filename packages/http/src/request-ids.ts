import { createHmac, createSecretKey, randomUUIDv7 } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

type Named = Pick<IncomingMessage, 'headers'>;

/** A request has two names: the one that it is answered by, and the one in logs, stored events and Kafka headers, which says nothing of anyone. */
export type RequestIds = {
  /** Ours, a UUID. */
  readonly ours: (request: Named) => string;
  /** The client's, as it was sent; ours where there is none that can be repeated. */
  readonly theirs: (request: { readonly id: string; readonly raw: Named }) => string;
};

const uuid = (versions: string) =>
  new RegExp(`^[\\da-f]{8}-[\\da-f]{4}-[${versions}][\\da-f]{3}-[89ab][\\da-f]{3}-[\\da-f]{12}$`);
/** RFC 9562, 5.4 and 5.7: drawn, not made of a name as versions 3 and 5 are. */
const DRAWN = uuid('47');
const OURS = uuid('478');
const REPEATABLE = /^[\w.:-]{1,128}$/;

/**
 * With a key, for clients, who may call a request whatever they like, `ada@example.com` too. A UUID that was drawn is ours as well; anything
 * else becomes a UUID by HMAC: found by who holds the key and knows the client's name for it, and guessed by nobody. Without a key, for
 * services behind the gateway: ours or none.
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
