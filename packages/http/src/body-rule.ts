import type { IncomingHttpHeaders } from 'node:http';

/** The body that a route takes: its media type, and how long it may be. */
export type BodyRule = { readonly type: string; readonly bytes: number };

export const MEBIBYTE_OF_JSON: BodyRule = { type: 'application/json', bytes: 1_048_576 };

/** Whether a body is in UTF-8, and sent as it is. */
export const isSentPlain = ({ 'content-encoding': coding = '', 'content-type': type = '' }: IncomingHttpHeaders) =>
  NO_CODING.test(coding) && isUtf8Charset(type);

/** RFC 9110, 8.4.1: names of codings have no case. */
const NO_CODING = /^(identity)?$/i;

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]*)/gi;

/** RFC 8259, 8.1, and we ask it of CSV too: UTF-8 is the only charset. A second name would contradict the first. */
const isUtf8Charset = (type: string) => [...type.matchAll(CHARSET)].every(([, name = '']) => /^utf-?8$/i.test(name));
