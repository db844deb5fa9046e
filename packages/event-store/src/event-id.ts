import { hash } from 'node:crypto';

/** RFC 9562, version 5: the n-th event of a command always has the same id. */
export function eventId(commandId: string, n: number): string {
  const digest = Buffer.from(
    hash('sha1', Buffer.concat([Buffer.from(commandId.replaceAll('-', ''), 'hex'), Buffer.from(String(n))]), 'hex'),
    'hex',
  );
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
