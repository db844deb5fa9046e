import { hash } from 'node:crypto';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const UUID_BYTES = 16;

/** RFC 9562, version 5: the n-th event of a command always has the same id. The command's own id may be any text. */
export function eventId(commandId: string, n: number): string {
  const digest = hash('sha1', Buffer.concat([bytesOf(commandId), Buffer.from(String(n))]), 'hex');
  const variant = ((parseInt(digest.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** Always sixteen, so that the text `a-1` with 0 after it is not `a-` with 10 after it. */
const bytesOf = (commandId: string): Buffer =>
  UUID.test(commandId)
    ? Buffer.from(commandId.replaceAll('-', ''), 'hex')
    : hash('sha1', commandId, 'buffer').subarray(0, UUID_BYTES);
