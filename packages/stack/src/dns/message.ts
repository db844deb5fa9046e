/** The question of a DNS query (RFC 1035, 4.1). The name is in lower case. */
export type Question = { readonly name: string; readonly type: number };

export type ResourceRecord = { readonly type: number; readonly data: Buffer };

export const TYPE = { A: 1, MX: 15 } as const;
export const RCODE = { NOERROR: 0, SERVFAIL: 2 } as const;

const HEADER = 12;
/** QR, AA and RA: a response, authoritative, from a server that recurses. RD is copied from the query. */
const ANSWER_FLAGS = 0x84_80;
const RD_FLAG = 0x01_00;
const TTL_SECONDS = 60;

/** Reads the question of a query. Undefined for anything else. */
export function readQuestion(query: Buffer): Question | undefined {
  const end = endOfQuestion(query);
  if (end === undefined) return undefined;
  const labels: string[] = [];
  for (let at = HEADER; query[at]; at += query[at]! + 1) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(end - 4) };
}

/** Writes the answer to a query that `readQuestion` could read. It repeats the question byte for byte. */
export function writeAnswer(query: Buffer, rcode: number, records: readonly ResourceRecord[]): Buffer {
  const header = Buffer.alloc(HEADER);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(ANSWER_FLAGS | (query.readUInt16BE(2) & RD_FLAG) | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(HEADER, endOfQuestion(query)), ...records.map(writeRecord)]);
}

export const mx = (preference: number, exchange: string): ResourceRecord => ({
  type: TYPE.MX,
  data: Buffer.concat([Buffer.from([preference >> 8, preference & 0xff]), writeName(exchange)]),
});

export const a = (address: string): ResourceRecord => ({
  type: TYPE.A,
  data: Buffer.from(address.split('.').map(Number)),
});

function writeRecord({ type, data }: ResourceRecord): Buffer {
  const head = Buffer.alloc(HEADER);
  head.writeUInt16BE(0xc0_00 | HEADER, 0); // A pointer to the name in the question.
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4); // Internet
  head.writeUInt32BE(TTL_SECONDS, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

const writeName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.from([label.length, ...Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);

function endOfQuestion(query: Buffer): number | undefined {
  if (query.length < HEADER || query.readUInt16BE(4) !== 1) return undefined;
  let at = HEADER;
  while (query[at]) {
    if (query[at]! > 63) return undefined; // A pointer. No question holds one.
    at += query[at]! + 1;
  }
  const end = at + 5;
  return end <= query.length ? end : undefined;
}
