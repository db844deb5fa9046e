/** No request of ours is nested a third as deep. Code that walks a deeper one by recursion could run out of stack. */
const DEEPEST = 32;
/**
 * Members, arrays and objects; a contact has fewer than 300. Parsing and checking a mebibyte of short names or of `{}` takes 0.1 s, in
 * which nobody else is served. A plugin that takes batches sets its own (`acceptJson`).
 */
const MOST_PARTS = 10_000;

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPENING = { array: 0x5b, object: 0x7b };
const CLOSING = { array: 0x5d, object: 0x7d };

/** Names the bound that JSON exceeds, before it is parsed. It takes 1 µs for a contact, 10 ms for a mebibyte. */
export function excessOf(json: Buffer, mostParts = MOST_PARTS): string | undefined {
  let depth = 0;
  let parts = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === COLON) {
      parts++;
    } else if (byte === OPENING.array || byte === OPENING.object) {
      parts++;
      if (++depth > DEEPEST) return `Must not be nested deeper than ${DEEPEST} levels.`;
    } else if (byte === CLOSING.array || byte === CLOSING.object) {
      depth--;
    }
    if (parts > mostParts) return `Must not have more than ${mostParts} members, arrays and objects.`;
  }
  return undefined;
}
