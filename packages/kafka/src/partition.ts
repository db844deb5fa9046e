/**
 * The partition that Kafka's own Java client would choose for a key (its default partitioner). Computed here, so that
 * the order of a key's messages does not depend on what a client library considers its default.
 */
export const partitionOf = (key: string, partitions: number): number =>
  (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;

const M = 0x5bd1e995;

/** MurmurHash2 as in org.apache.kafka.common.utils.Utils.murmur2, a signed 32-bit integer. */
export function murmur2(data: Buffer): number {
  const tail = data.length & ~3;
  let hash = 0x9747b28c ^ data.length;

  for (let at = 0; at < tail; at += 4) {
    let word = Math.imul(data.readInt32LE(at), M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  if (data.length > tail) hash = Math.imul(hash ^ data.readUIntLE(tail, data.length - tail), M);

  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
